"""The rows of a call that are written one by one: documents, questions, criteria, checks. What may become of each, and
why not.

Every function runs inside `calls.editing`, on the fresh call.
"""

from typing import Any

from django.db import models
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from applications.models import (
    Answer,
    ApplicationDocument,
    Call,
    CallCheck,
    CallTranche,
    Criterion,
    DocumentRequirement,
    Question,
)
from applications.readiness import DECIDING
from core.workflow import TransitionRefused

Row = DocumentRequirement | Question | Criterion | CallCheck
MOST_ROWS = 60
# Where rows wait while others take their places: no two have one place at a time.
ASIDE = 1000


def of(call: Call, kind: str) -> models.QuerySet[Any]:
    """The rows of a kind, in their order."""
    related: dict[str, Any] = {
        "documents": call.requirements,
        "questions": call.questions,
        "criteria": call.criteria,
        "checks": call.checks,
    }
    return related[kind].order_by("order", "pk")


def add(call: Call, kind: str, values: dict[str, Any]) -> Row:
    """A new row at the end."""
    rows = of(call, kind)
    if rows.count() >= MOST_ROWS:
        raise TransitionRefused(
            _("There are %(most)s rows already. Join some of them.") % {"most": MOST_ROWS}
        )
    row = rows.model(call=call, order=(rows.aggregate(last=Max("order"))["last"] or 0) + 1, **values)
    if kind == "documents":
        row.code = _code(call, values["name_en"] or values["name_es"])
    row.save()
    return row


def change(call: Call, kind: str, pk: int, values: dict[str, Any]) -> Row:
    """Write a row that is there. A question that others depend on keeps the answers that they depend on."""
    row = _there(call, kind, pk)
    for name, value in values.items():
        setattr(row, name, value)
    if isinstance(row, Question):
        _still_decides(row)
    row.save()
    return row


def take_out(call: Call, kind: str, pk: int) -> str:
    """Take a row out; answers what it was called. What tests wrote about it goes with it."""
    row = _there(call, kind, pk)
    if isinstance(row, Question):
        if after := row.follow_ups.order_by("order").first():
            raise TransitionRefused(
                _("“%(other)s” is asked only after this question: change or take out that one first.")
                % {"other": after}
            )
        Answer.objects.filter(question=row, application__is_test=True).delete()
    if isinstance(row, DocumentRequirement):
        ApplicationDocument.objects.filter(requirement=row, application__is_test=True).delete()
    name = str(row)
    row.delete()
    return name


def move(call: Call, kind: str, pk: int, *, down: bool) -> str:
    """Move a row one place; answers what it is called. Above the first and below the last it stays."""
    rows = list(of(call, kind))
    place = next((n for n, row in enumerate(rows) if row.pk == pk), None)
    if place is None:
        raise TransitionRefused(_gone())
    other = place + (1 if down else -1)
    if 0 <= other < len(rows):
        earlier, later = rows[min(place, other)], rows[max(place, other)]
        if isinstance(later, Question) and later.only_if_id == earlier.pk:
            raise TransitionRefused(
                _("“%(later)s” is asked only after “%(earlier)s”: it cannot come before it.")
                % {"later": later, "earlier": earlier}
            )
        rows[place], rows[other] = rows[other], rows[place]
        _number(rows)
    return str(next(row for row in rows if row.pk == pk))


def replace_tranches(call: Call, parts: list[dict[str, Any]]) -> None:
    """The tranches as a whole, numbered in their order."""
    call.tranches.all().delete()
    CallTranche.objects.bulk_create(
        CallTranche(call=call, number=number, **part) for number, part in enumerate(parts, 1)
    )


def _number(rows: list[Any]) -> None:
    manager = type(rows[0])._default_manager
    for start in (ASIDE, 1):
        for number, row in enumerate(rows, start):
            row.order = number
        manager.bulk_update(rows, ["order"])


def _there(call: Call, kind: str, pk: int) -> Any:
    row = of(call, kind).filter(pk=pk).first()
    if row is None:
        raise TransitionRefused(_gone())
    return row


def _gone() -> str:
    return _("Somebody took this row out meanwhile.")


def _code(call: Call, name: str) -> str:
    """A short name of a document that no other of the call has; it never changes."""
    base = slugify(name)[:40] or "document"
    taken = set(call.requirements.values_list("code", flat=True))
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code


def codes_of(question: Question) -> list[str]:
    """The answers that another question may depend on."""
    if question.kind == Question.Kind.YES_NO:
        return ["yes", "no"]
    if question.kind in DECIDING:
        return [option["code"] for option in question.options]
    return []


def _still_decides(question: Question) -> None:
    left = set(codes_of(question))
    for other in question.follow_ups.order_by("order"):
        if not left.issuperset(other.only_if_answers):
            raise TransitionRefused(
                _("“%(other)s” is asked only with an answer that would be gone: change that one first.")
                % {"other": other}
            )
