"""The pages on which admins write the rules of a call, one small page for each part of them."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib import messages
from django.forms import BaseForm, BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import fetch
from accounts.permissions import Action
from applications import calls, readiness
from applications.calls import changes, rows
from applications.calls.pages import BY_CODE, PAGES, Page
from applications.forms.call_editor import FORMS
from applications.forms.call_editor_rows import CheckForm, CriterionForm, DocumentForm, QuestionForm
from applications.forms.call_editor_sets import rows_form
from applications.forms.call_page import CallPageForm
from applications.models import Call, CallCut, Question
from applications.questions import condition
from applications.views.merged import Conflict
from core import dates
from core.forms import Form, posted_version
from core.models import Event
from core.templatetags.lsp import moment
from core.workflow import NotAllowed, Refusal, StaleObject, TransitionRefused

# How far back we look whether only other pages were written since this one was opened.
MOST_STEPS = 50
ROW_KINDS = ("documents", "questions", "checks", "criteria")
ROW_FORMS: dict[str, type[Form]] = {
    "documents": DocumentForm,
    "checks": CheckForm,
    "criteria": CriterionForm,
}


class Frame:
    """One page of the editor of one call, as one admin sees it now."""

    def __init__(self, request: HttpRequest, call: Call, page: Page):
        self.request, self.call, self.page = request, call, page
        self.now = dates.now()
        self.conflict: Conflict | None = None
        self.status = 200

    @cached_property
    def why_closed(self) -> str:
        """Why this page cannot be written now; "" when it can."""
        return calls.why_not_editable(self.call, self.page.code)

    @property
    def url(self) -> str:
        return reverse("call_edit_page", args=[self.call.code, self.page.code])

    @property
    def onward(self) -> str:
        """The next page, or the call after the last."""
        place = [page.code for page in PAGES].index(self.page.code) + 1
        if place == len(PAGES):
            return reverse("call_edit", args=[self.call.code])
        return reverse("call_edit_page", args=[self.call.code, PAGES[place].code])

    @cached_property
    def lacking(self) -> list[readiness.Missing]:
        """What this page still lacks before the call can be published."""
        if self.call.status != Call.Status.DRAFT:
            return []
        return [each for each in readiness.missing(self.call, self.now) if each.page == self.page.code]

    def context(self, **more: Any) -> dict[str, Any]:
        published = self.call.status == Call.Status.PUBLISHED
        return {
            "frame": self,
            "call": self.call,
            "page": self.page,
            "lacking": self.lacking,
            "is_published": published,
            **more,
        }

    def save(
        self,
        write: Callable[[Call], Any],
        *,
        form: BaseForm | None = None,
        theirs: Callable[[Call], list[tuple[str, Any, Any]]] = lambda _fresh: [],
    ) -> bool:
        """Let `write(fresh)` change the call; answers whether it was saved. What refuses it stands at the form; when
        somebody else wrote this page meanwhile, `theirs(fresh)` lists (label, saved now, typed)."""
        version = posted_version(self.request)
        version = self._present_version(version) or version
        try:
            with calls.editing(
                self.call, by=self.request.user, page=self.page.code, version=version, now=self.now
            ) as fresh:
                write(fresh)
        except NotAllowed:
            raise
        except Refusal as refusal:
            if form is None:
                raise
            form.add_error(None, refusal.sentence)
            self.status = refusal.status_code
            if isinstance(refusal, StaleObject):
                self._show_conflict(theirs)
            return False
        return True

    def _events(self) -> Any:
        return Event.objects.filter(case_id=self.call.case_id, object_kind="call").order_by("-sequence")

    def _present_version(self, shown: int) -> int | None:
        """The version of now, if since the one that the page showed only other pages were written; else None."""
        steps = self.call.version - shown
        if not 0 < steps <= MOST_STEPS:
            return None
        elsewhere = [
            event.action == "call.edited" and event.data.get("page") != self.page.code
            for event in self._events()[:steps]
        ]
        return self.call.version if len(elsewhere) == steps and all(elsewhere) else None

    def _show_conflict(self, theirs: Callable[[Call], list[tuple[str, Any, Any]]]) -> None:
        fresh = Call.objects.get(pk=self.call.pk)
        last = self._events().select_related("actor").first()
        who = str(last.actor) if last and last.actor else _("Somebody")
        self.conflict = Conflict(who, moment(last.at) if last else "", theirs(fresh))
        self.call.version = fresh.version


def open_page(request: HttpRequest, code: str, page: str) -> Frame:
    """A page of the editor of a call; 403 for who may not write calls, 404 for a page that there is not."""
    if page not in BY_CODE:
        raise Http404
    call = fetch(request.user, Call.objects.select_related("case"), Action.EDIT_CALL, code=code)
    return Frame(request, call, BY_CODE[page])


@require_http_methods(["GET", "HEAD", "POST"])
def call_edit_page(request: HttpRequest, code: str, page: str) -> HttpResponse:
    """One page: its form, with the rows that belong to it."""
    frame = open_page(request, code, page)
    data = request.POST if request.method == "POST" else None
    # The form writes what it reads into its own copy.
    form = FORMS[page](data, instance=copy(frame.call)) if page in FORMS else None
    formset = rows_form(page, frame.call, data)
    if data is not None:
        if form is None:
            raise Http404
        frame.status = 422
        if all([form.is_valid(), formset is None or formset.is_valid()]) and _save(frame, form, formset):
            messages.success(request, _("“%(page)s” was saved.") % {"page": frame.page.label})
            to_next = "stay" not in request.POST
            return redirect(frame.onward if to_next else frame.url)
    if frame.why_closed:
        _only_read(form, formset)
    context = frame.context(form=form, formset=formset, **_rows_of(frame))
    return render(request, "applications/call_edit_page.html", context, status=frame.status)


def _only_read(form: BaseForm | None, formset: BaseFormSet | None) -> None:
    for each in [form, *(formset or [])]:
        for field in each.fields.values() if each else []:
            field.disabled = True


def _save(frame: Frame, form: CallPageForm, formset: Any) -> bool:
    def write(fresh: Call) -> None:
        form.write(fresh)
        if frame.page.code == "reports":
            rows.replace_tranches(fresh, formset.parts())
        if frame.page.code == "dates":
            moments = formset.moments() if fresh.intake == Call.Intake.CUTS else []
            fresh.cuts.all().delete()
            CallCut.objects.bulk_create(
                CallCut(call=fresh, number=number, at=at) for number, at in enumerate(moments, 1)
            )

    def theirs(fresh: Call) -> list[tuple[str, Any, Any]]:
        """What is saved now beside what was typed, where the two differ."""
        saved, typed = changes.state_of(fresh), copy(fresh)
        for name, value in form.values().items():
            setattr(typed, name, value)
        mine = {name: changes.plain(getattr(typed, name)) for name in form.values()}
        if "sectors" in form.cleaned_data:
            mine["sectors"] = [sector.code for sector in form.cleaned_data["sectors"]]
        mine |= _typed_rows(frame.page.code, formset)
        kept = {name: value for name, value in saved.items() if name in mine or _of(name, frame.page)}
        return changes.told(changes.between(kept, mine))

    return frame.save(write, form=form, theirs=theirs)


def _of(name: str, page: Page) -> bool:
    """Whether a name of the state is a row that is written as a whole with the page."""
    return name.partition("/")[0] in {"dates": ("cuts",), "reports": ("tranches",)}.get(page.code, ())


def _typed_rows(page: str, formset: Any) -> dict[str, Any]:
    if page == "dates":
        found = [{"at": changes.plain(at)} for at in formset.moments()]
        return {f"cuts/{number}": row for number, row in enumerate(found, 1)}
    if page == "reports":
        parts = [{name: changes.plain(value) for name, value in part.items()} for part in formset.parts()]
        return {f"tranches/{number}": row for number, row in enumerate(parts, 1)}
    return {}


def _rows_of(frame: Frame) -> dict[str, Any]:
    """The rows that have pages of their own, for the list on this one."""
    kind = next((kind for kind in frame.page.rows if kind in ROW_KINDS), None)
    if kind is None:
        return {}
    found = list(rows.of(frame.call, kind))
    questions: list[Question] = found if kind == "questions" else []
    whole = sum(row.weight for row in found) if kind == "criteria" else 0
    return {
        "kind": kind,
        "rows": [
            {
                "row": row,
                "condition": condition(row, questions) if questions else "",
                "percent": round(row.weight * 100 / whole) if whole else None,
            }
            for row in found
        ],
    }


# --- One row -----------------------------------------------------------------------------------------


def page_of(kind: str) -> str:
    """The page on which a kind of row stands; 404 for one that has no pages of its own."""
    if kind not in ROW_KINDS:
        raise Http404
    return next(page.code for page in PAGES if kind in page.rows)


def row_form(frame: Frame, kind: str, row: Any | None) -> Any:
    """The form of a row, filled in with what was sent or what is saved."""
    data = frame.request.POST if frame.request.method == "POST" else None
    if kind == "questions":
        return QuestionForm(data, call=frame.call, question=row)
    form = ROW_FORMS[kind]
    return form(data, initial={name: getattr(row, name) for name in form.base_fields} if row else None)


def row_values(form: Any) -> dict[str, Any]:
    return form.values() if isinstance(form, QuestionForm) else form.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
def call_row_add(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A new document, question or criterion, at the end."""
    frame = open_page(request, code, page_of(kind))
    form = row_form(frame, kind, None)
    if request.method == "POST":
        frame.status = 422
        if form.is_valid() and frame.save(lambda fresh: rows.add(fresh, kind, row_values(form)), form=form):
            messages.success(request, _("It was added."))
            return redirect(frame.url)
    return _row_page(frame, form, kind, None)


@require_http_methods(["GET", "HEAD", "POST"])
def call_row_edit(request: HttpRequest, code: str, kind: str, row: int) -> HttpResponse:
    """Change a row that is there."""
    frame = open_page(request, code, page_of(kind))
    found = rows.of(frame.call, kind).filter(pk=row).first()
    if found is None:
        raise Http404
    form = row_form(frame, kind, found)

    def theirs(fresh: Call) -> list[tuple[str, Any, Any]]:
        saved = changes.state_of(fresh).get(f"{kind}/{row}")
        if saved is None:
            return [(_("This row"), _("taken out"), "")]
        typed = {name: changes.plain(value) for name, value in row_values(form).items()}
        if "only_if" in typed:
            before = typed.pop("only_if")
            typed["only_if_id"] = before.pk if before else None
        return changes.told([[f"{kind}/{row}", saved, {**saved, **typed}]])

    if request.method == "POST":
        frame.status = 422

        def write(fresh: Call) -> None:
            rows.change(fresh, kind, row, row_values(form))

        if form.is_valid() and frame.save(write, form=form, theirs=theirs):
            messages.success(request, _("It was saved."))
            return redirect(f"{frame.url}#row-{row}")
    return _row_page(frame, form, kind, found)


def _row_page(frame: Frame, form: Any, kind: str, row: Any | None) -> HttpResponse:
    if frame.why_closed:
        _only_read(form, None)
    context = frame.context(form=form, kind=kind, row=row)
    return render(frame.request, "applications/call_edit_row.html", context, status=frame.status)


@require_POST
def call_row_move(request: HttpRequest, code: str, kind: str, row: int) -> HttpResponse:
    """Move a row by the button that was pressed, and go back to where it stands now."""
    return _row_act(
        request,
        code,
        kind,
        lambda fresh: rows.move(fresh, kind, row, down=request.POST.get("direction") == "down"),
        _("It was moved."),
        f"#row-{row}",
    )


@require_POST
def call_row_delete(request: HttpRequest, code: str, kind: str, row: int) -> HttpResponse:
    """Take a row out, and go back to the others."""
    return _row_act(
        request, code, kind, lambda fresh: rows.take_out(fresh, kind, row), _("It was taken out.")
    )


def _row_act(
    request: HttpRequest, code: str, kind: str, act: Callable[[Call], Any], done: str, place: str = ""
) -> HttpResponse:
    """Do it; what a rule refuses is said on the page of the rows, with nothing lost: there was nothing typed."""
    frame = open_page(request, code, page_of(kind))
    try:
        frame.save(act)
    except (TransitionRefused, StaleObject) as refusal:
        messages.error(request, refusal.sentence)
        return redirect(frame.url)
    messages.success(request, done)
    return redirect(frame.url + place)
