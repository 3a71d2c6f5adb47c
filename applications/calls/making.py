"""A new call: from nothing, with what its line of action sets, or with the rules of a former one."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.calls.editing import case_title, keep_to_line
from applications.calls.pages import DEFAULTS
from applications.models import Call, CallTranche, Line, Question
from core import timeline
from core.models import Case
from core.money import ZERO
from core.workflow import TransitionRefused

# What a copy never takes over: who it is, how it stands, its dates.
OWN = {"id", "case", "code", "status", "version", "opens_at", "closes_at", "title_en", "title_es"}
# Whole at the start, until somebody plans it otherwise.
FIRST_TRANCHE = 100


def create(
    *,
    by: User,
    code: str,
    line: str,
    title_en: str,
    title_es: str,
    opens_at: dt.datetime,
    now: dt.datetime,
) -> Call:
    """A draft with the defaults of its line of action; the amounts are for somebody to write."""

    def make(case: Case) -> Call:
        call = Call(
            case=case,
            code=code,
            line=Line(line),
            title_en=title_en,
            title_es=title_es,
            opens_at=opens_at,
            envelope=ZERO,
            max_per_project=ZERO,
            **DEFAULTS[line],
        )
        call.save(force_insert=True)
        CallTranche.objects.create(call=call, number=1, percent=FIRST_TRANCHE, after_report=0)
        return call

    return _made(make, by=by, code=code, title=title_es or title_en, now=now)


def copy(
    *,
    by: User,
    former: Call,
    code: str,
    title_en: str,
    title_es: str,
    opens_at: dt.datetime,
    now: dt.datetime,
) -> Call:
    """A draft with all the rules of a former call: its text, criteria, checklist, documents, tranches, questions, how
    applications come in. Never its state, its dates (the days of its cuts are dates) and the money that it committed."""

    def make(case: Case) -> Call:
        columns = {
            field.name: getattr(former, field.name)
            for field in Call._meta.concrete_fields
            if field.name not in OWN
        }
        call = Call(**columns, case=case, code=code, title_en=title_en, title_es=title_es, opens_at=opens_at)
        keep_to_line(call)
        call.save(force_insert=True)
        call.sectors.set(former.sectors.all())
        for rows in (former.criteria, former.checks, former.requirements, former.tranches):
            _copy_rows(rows.all(), call)
        _copy_questions(former, call)
        return call

    return _made(make, by=by, code=code, title=title_es or title_en, now=now, former=former)


def _made(
    make: Callable[[Case], Call],
    *,
    by: User,
    code: str,
    title: str,
    now: dt.datetime,
    former: Call | None = None,
) -> Call:
    require(by, Action.EDIT_CALL, former)
    try:
        with transaction.atomic():
            case = timeline.open_case(Case.Kind.CALL, title or code, now=now, reference=code)
            call = make(case)
            Case.objects.filter(pk=case.pk).update(title=case_title(call))
            about: dict[str, Any] = {"copy_of": former.code} if former else {}
            timeline.record(case, "call.created", by=by, now=now, obj=call, line=call.line, **about)
    except IntegrityError as error:
        if "code" not in str(error) and "reference" not in str(error):
            raise
        raise TransitionRefused(_("The code %(code)s is taken.") % {"code": code}) from error
    return call


def _copy_rows(rows: models.QuerySet, call: Call) -> None:
    copies = list(rows)
    for row in copies:
        row.pk, row.call = None, call
        row._state.adding = True
    rows.model._default_manager.bulk_create(copies)


def _copy_questions(former: Call, call: Call) -> None:
    """In their order, so that the one that another depends on is there before it."""
    made: dict[int, Question] = {}
    for question in former.questions.order_by("order"):
        before, old = question.only_if_id, question.pk
        question.pk, question.call, question._state.adding = None, call, True
        question.only_if = made.get(before) if before else None
        question.save(force_insert=True)
        made[old] = question
