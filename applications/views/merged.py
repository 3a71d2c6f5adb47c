"""Saving what a page's fields hold against what was saved meanwhile, field by field (applications.merging), and what the
part of a page says that saved itself."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from applications import merging
from core import dates
from core.conflict import MOST_FIELDS, carried, opened
from core.forms import posted_version
from core.workflow import NotAllowed, Refusal


@dataclass
class Conflict:
    """Somebody wrote in the meantime: who, when, and (label, theirs, mine) of what both wrote. Without `who` it was the
    same person, from another window."""

    who: str
    when: str
    differences: list[tuple[str, Any, Any]] = field(default_factory=list)


class Merged(ABC):
    """A page whose fields are saved one by one: what it was opened with, what somebody else wrote, what both did."""

    def __init__(self, request: HttpRequest):
        self.request = request
        self.now = dates.now()
        self.conflict: Conflict | None = None
        # What somebody else saved meanwhile and this person had not touched: labels of fields.
        self.kept: list[str] = []
        # What the page was opened with, for its hidden fields `was` (core.conflict).
        self.was: list[str] = request.POST.getlist("was")[:MOST_FIELDS]
        # The same of what both wrote, as it is saved now: who presses the button has seen it.
        self.seen: list[str] = []
        self.status = 200

    @property
    @abstractmethod
    def version(self) -> int:
        """The version that the page carries."""

    def present_version(self, shown: int) -> int:
        """The version to compare with, when a page carries nothing else to compare by."""
        return shown

    @abstractmethod
    def show_conflict(self, differences: list[tuple[str, Any, Any]]) -> None:
        """Keep for the page what both wrote, and the version of now."""

    def save_fields(
        self,
        act: Callable[[dict[str, str], int], merging.Merge],
        *,
        form: BaseForm,
        typed: Mapping[str, str],
        words: Callable[[str, str], Any] = lambda _name, value: value,
    ) -> bool:
        """Let `act(was, version)` save fields that it merges itself; answers whether it did. `typed` is what came, by
        field, `words(field, value)` a value as people read it.

        What only somebody else changed stays theirs and is said. What both changed is shown beside each other, and
        overwritten by who presses the button then: an autosave never does.
        """
        was = opened(self.was)
        if not self.request.htmx:  # type: ignore[attr-defined]
            was |= opened(self.request.POST.getlist("seen"))
        version = posted_version(self.request)
        if not was and version != self.version:
            version = self.present_version(version)
        try:
            found = act(was, version)
        except NotAllowed:
            raise
        except merging.BothWrote as refusal:
            both = refusal.merge.both
            form.add_error(None, refusal.sentence)
            self.status = refusal.status_code
            self.show_conflict(
                [
                    (_label(form, name), words(name, value), words(name, typed[name]))
                    for name, value in both.items()
                ]
            )
            self.seen = carried(both)
            return False
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            self.status = refusal.status_code
            return False
        self.kept = [_label(form, name) for name in found.kept]
        self.was = carried(typed)
        return True

    @property
    def said(self) -> list[str]:
        """What a save has to say besides that it saved."""
        if not self.kept:
            return []
        sentence = _(
            "Somebody else changed this meanwhile, and it was kept: %(fields)s. You see it when you open the section again."
        )
        return [sentence % {"fields": ", ".join(self.kept)}]


def saved_at(frame: Merged) -> str:
    """`Saved 14:32`, in Buenos Aires."""
    return _("Saved %(time)s") % {"time": f"{frame.now.astimezone(dates.BUENOS_AIRES):%H:%M}"}


def swapped(request: HttpRequest, part: str, context: Mapping[str, Any], *, saved: bool) -> HttpResponse:
    """Only what changes on the page after it saved itself, or could not."""
    # 422 whatever it is: htmx shows no other refusal. The button of the form says the rest.
    response = render(request, part, dict(context), status=200 if saved else 422)
    if saved:
        response.headers["HX-Trigger"] = "saved"
    return response


def _label(form: BaseForm, name: str) -> str:
    return str(form.fields[name].label)
