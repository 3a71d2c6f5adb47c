"""What the pages of the sections share: the case with what the rules say of it, whether this person may write here,
and saving against what somebody else may have written meanwhile."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from applications import actions, edits, marking, returning, standing
from applications.eligibility import Result, check_facts
from applications.facts import Facts
from applications.models import Application
from applications.sections import BY_CODE, Section, after
from applications.supporting import suggestions
from applications.views.merged import Conflict, Merged
from core import dates
from core.forms import posted_version
from core.models import Event
from core.templatetags.lsp import moment
from core.workflow import NotAllowed, Refusal, StaleObject

# How far back we look whether only other sections were written since a page was opened.
MOST_STEPS = 50
RETRIES = 3
# Sections that are written on the pages of the group: what the events of them are about.
OF_GROUP = {"members": ("firm", "membership"), "institutions": ("institution", "partner")}


class Frame(Merged):
    """One section of one application, as one person sees it now."""

    def __init__(self, request: HttpRequest, application: Application, section: Section):
        super().__init__(request)
        self.application, self.section = application, section

    @property
    def version(self) -> int:
        """The application's, as the page carries it."""
        return self.application.version

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.application, today=dates.day_of(self.now))

    @cached_property
    def results(self) -> list[Result]:
        """What all rules say."""
        return check_facts(self.facts)

    @cached_property
    def may_write(self) -> bool:
        """Whether this person may write in this section now."""
        return not self.why_closed

    @cached_property
    def why_closed(self) -> str:
        """Why this person cannot write here; "" when they can."""
        application, user = self.application, self.request.user
        if not user.can(Action.EDIT_APPLICATION, application):
            return _("You may read this, and not change it.")
        return actions.why_not_editable(application, self.section.code, by=user, now=self.now)

    @cached_property
    def asked(self):
        """The return for changes that waits for an answer, or None."""
        if self.application.status != Application.Status.CHANGES_REQUESTED:
            return None
        return self.application.returns.filter(answered_at=None).select_related("asked_by").first()

    @property
    def note(self) -> str:
        """What the officer wrote about this section."""
        return self.asked.notes.get(self.section.code, "") if self.asked else ""

    @cached_property
    def place_notes(self) -> list[tuple[str, str]]:
        """What the officer wrote about something in this section: (what it is, the note) each."""
        if not self.asked or not self.asked.field_notes.get(self.section.code):
            return []
        return returning.told(self.asked, self.section.code, returning.places_of(self.application))

    def note_on(self, form: BaseForm) -> None:
        """Put what the officer wrote about a field above it."""
        notes = self.asked.field_notes.get(self.section.code, {}) if self.asked else {}
        for name, note in notes.items():
            if name in form.fields:
                form.fields[name].note = note  # type: ignore[attr-defined]

    @property
    def to_check(self) -> bool:
        """Whether the person came from the page that checks everything, and goes back there."""
        return self.request.GET.get("back") == "check"

    @property
    def query(self) -> str:
        """What addresses of this section carry on."""
        return "?back=check" if self.to_check else ""

    def url(self, name: str, *args: Any) -> str:
        """The address of a page of this application, carrying on where to go back to."""
        return reverse(name, args=[self.application.pk, *args]) + self.query

    @property
    def section_url(self) -> str:
        """The section's own page, from the page of one of its rows."""
        return self.url("application_section", self.section.code)

    @property
    def onward(self) -> str:
        """Where “save and continue” leads: back to the check, or the next section, or the check after the last."""
        following = None if self.to_check else after(self.application, self.section)
        if following is None:
            return reverse("application_check", args=[self.application.pk])
        return reverse("application_section", args=[self.application.pk, following.code])

    @cached_property
    def last_change(self) -> Event | None:
        """The last time that somebody wrote in this section."""
        application = self.application
        if self.section.of_group:
            events = Event.objects.filter(
                case_id=application.group.case_id, object_kind__in=OF_GROUP[self.section.code]
            )
        else:
            events = edits.of(application).filter(data__section=self.section.code)
        return events.select_related("actor").order_by("-sequence").first()

    @property
    def by_adviser(self) -> bool:
        """Whether that was the group's adviser."""
        return edits.by_adviser(self.last_change)

    @cached_property
    def suggestions(self) -> suggestions.Shown | None:
        """What advisers suggested for this section; None for who reads none of it."""
        if not self.request.user.can(Action.VIEW_SUPPORT, self.application):
            return None
        return suggestions.of_section(self.application, self.section.code)

    @cached_property
    def may_suggest(self) -> bool:
        """Whether this person may suggest something now."""
        return self.application.is_open and self.request.user.can(Action.SUGGEST, self.application)

    @cached_property
    def mark(self) -> marking.Shown | None:
        """Who writes this section and whether it is ready, where several people write for the group."""
        return marking.shown(self.application, self.section, self.request.user)

    def brief(self, **more: Any) -> dict[str, Any]:
        """For the part of a page that comes back from an autosave: nothing that asks the database."""
        return {"frame": self, "application": self.application, "section": self.section, **more}

    def context(self, **more: Any) -> dict[str, Any]:
        """For the template."""
        if self.request.method == "POST":
            # Saving asks this itself, under its lock; a form that came back with errors did not get that far.
            require(self.request.user, Action.EDIT_APPLICATION, self.application)
        if isinstance(more.get("form"), BaseForm):
            self.note_on(more["form"])
        return {
            "frame": self,
            "application": self.application,
            "section": self.section,
            "facts": self.facts,
            "rules": self.section.results(self.results),
            "time_left": standing.time_left(self.application, self.now),
            "call_takes": self.application.status != "draft"
            or self.application.is_test
            or self.application.call.is_open(self.now),
            **more,
        }

    # --- Saving --------------------------------------------------------------------------------------

    def save(
        self,
        write: Callable[[Application], Any],
        *,
        form: BaseForm | None = None,
        theirs: Callable[[Application], list[tuple[str, Any, Any]]] = lambda _fresh: [],
        row: int | None = None,
    ) -> bool:
        """Let `write(fresh)` change the section; answers whether it was saved. Raises NotAllowed for who may not.

        What refuses it stands at the form, if there is one, with everything that was typed still in it. When somebody
        else wrote meanwhile, `theirs(fresh)` lists (label, theirs, mine), and saving again overwrites knowingly. With
        `row`, the id of the one row that is changed, changes of other rows are no conflict.
        """

        def edit(version: int) -> None:
            with actions.editing(
                self.application,
                by=self.request.user,
                section=self.section.code,
                version=version,
                now=self.now,
            ) as fresh:
                write(fresh)

        return self.tried(edit, form=form, theirs=theirs, row=row)

    def tried(
        self,
        act: Callable[[int], Any],
        *,
        form: BaseForm | None = None,
        theirs: Callable[[Application], list[tuple[str, Any, Any]]] = lambda _fresh: [],
        row: int | None = None,
    ) -> bool:
        """Do `act(version)`, which compares the version itself; answers whether it was done. As `save` says."""
        try:
            self._with_version(act, posted_version(self.request), row)
        except NotAllowed:
            raise
        except Refusal as refusal:
            if form is None:
                raise
            form.add_error(None, refusal.sentence)
            self.status = refusal.status_code
            if isinstance(refusal, StaleObject):
                fresh = Application.objects.with_roles().get(pk=self.application.pk)
                self.show_conflict(theirs(fresh))
                self.application.version = fresh.version
            return False
        return True

    def _with_version(self, act: Callable[[int], Any], version: int, row: int | None) -> None:
        """Act on the version of the page; what was written in other sections meanwhile is no conflict."""
        for _attempt in range(RETRIES):
            try:
                act(version)
            except StaleObject:
                present = self._present_version(version, row)
                if present is None:
                    raise
                version = present
            else:
                return
        act(version)

    def _present_version(self, shown: int, row: int | None) -> int | None:
        """The version of now, if since the one that the page showed only other sections were written, or other rows of
        this one changed; else None. Each edit tells the version that it made."""
        present = Application.objects.values_list("version", flat=True).get(pk=self.application.pk)
        steps = present - shown
        if not 0 < steps <= MOST_STEPS:
            return None
        later = edits.of(self.application).filter(data__version__gt=shown)
        elsewhere = [self._is_elsewhere(data, row) for data in later.values_list("data", flat=True)]
        return present if len(elsewhere) == steps and all(elsewhere) else None

    def _is_elsewhere(self, data: Mapping[str, Any], row: int | None) -> bool:
        """Whether an edit did not touch what this page writes."""
        if data.get("section") != self.section.code:
            return True
        return row is not None and data.get("did") == "changed" and row not in data.get("rows", [row])

    def present_version(self, shown: int) -> int:
        """What was written in other sections meanwhile counts for nothing."""
        return self._present_version(shown, None) or shown

    def show_conflict(self, differences: list[tuple[str, Any, Any]]) -> None:
        """Keep for the page what both wrote, who did last, and the version of now."""
        last = self.last_change
        who = str(last.actor) if last and last.actor else _("Somebody")
        self.conflict = Conflict(who, moment(last.at) if last else "", differences)
        self.application.version = Application.objects.values_list("version", flat=True).get(
            pk=self.application.pk
        )

    @property
    def said(self) -> list[str]:
        """What a save has to say besides that it saved."""
        said = super().said
        if (self.application.noted or {}).get("not_ready"):
            said.append(_("This section was marked as ready. You changed it, so the mark is gone."))
        return said


def whole(request: HttpRequest, pk: int) -> Facts:
    """The application that this person may see, with what its rules read, for a page that shows much of it. Raises
    Http404 or NotAllowed. While it is the group's turn all of that is one query."""
    found = Application.objects.with_case().select_related("group__case").visible_to(request.user)
    facts = Facts(get_object_or_404(found, pk=pk), today=dates.today())
    if facts.live:
        facts.gather()
    require(request.user, Action.VIEW_APPLICATION, facts.application)
    return facts


def open_section(request: HttpRequest, pk: int, code: str) -> Frame:
    """The section of an application that this person may see; 404 for a section or a case that is not there.

    A page asks for the roles many times and reads them at once; a save asks once, under its lock.
    """
    if code not in BY_CODE:
        raise Http404
    section = BY_CODE[code]
    if request.method == "POST":
        # Saving reads it again, under its lock: here only what the form needs.
        found = Application.objects.select_related("call", "group").visible_to(request.user)
        application = get_object_or_404(found, pk=pk)
        frame = Frame(request, application, section)
    else:
        facts = whole(request, pk)
        frame = Frame(request, facts.application, section)
        frame.facts = facts
    if not section.is_asked(frame.application.call):
        raise Http404
    return frame


def open_to_write(request: HttpRequest, pk: int, code: str) -> Frame:
    """The same for a page that is there only to write: 403 for who may not."""
    frame = open_section(request, pk, code)
    if request.method != "POST":
        require(request.user, Action.EDIT_APPLICATION, frame.application)
    return frame
