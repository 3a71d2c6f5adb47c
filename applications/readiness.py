"""What a call still lacks before it can be published, as a list: each in a sentence, with the page where it is written
(PROGRAMME 4)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from applications.models import BudgetCategory, Call, Line, Question
from core.money import ZERO

DECIDING = (Question.Kind.CHOICE, Question.Kind.CHOICES, Question.Kind.YES_NO)
FEWEST_OPTIONS = 2
FEWEST_WHO_MEET = 2


@dataclass(frozen=True)
class Missing:
    """Something that is missing, and the page of the editor where it is written (applications.calls.pages)."""

    page: str
    sentence: str


def missing(call: Call, now: dt.datetime) -> list[Missing]:
    """Everything that stands against publishing a call now."""
    parts = {
        "texts": _texts(call),
        "dates": _dates(call, now),
        "who": _who(call),
        "money": _money(call),
        "payment": _payment(call),
        "documents": _documents(call),
        "questions": _questions(call),
        "reviews": _reviews(call),
        "reports": _reports(call),
    }
    return [Missing(page, sentence) for page, sentences in parts.items() for sentence in sentences]


def _texts(call: Call) -> Iterator[str]:
    if not (call.title_en.strip() and call.title_es.strip()):
        yield _("Write the title in both languages.")
    if not (call.text_en.strip() and call.text_es.strip()):
        yield _("Write the text in both languages.")


def _dates(call: Call, now: dt.datetime) -> Iterator[str]:
    if call.intake == Call.Intake.CLOSING:
        if call.closes_at is None:
            yield _("Set the day on which the call closes, or let applications come in without one.")
        elif call.closes_at <= call.opens_at:
            yield _("The call closes before it opens.")
        elif call.closes_at <= now:
            yield _("The call closes in the past.")
    if call.intake == Call.Intake.CUTS:
        yield from _cuts(call, now)
    if call.envelope <= ZERO:
        yield _("Set the envelope of money.")


def _cuts(call: Call, now: dt.datetime) -> Iterator[str]:
    moments = list(call.cuts.order_by("number").values_list("at", flat=True))
    if not moments:
        yield _("Set the dates of the cuts.")
        return
    if any(later <= earlier for earlier, later in pairwise(moments)):
        yield _("The cuts must follow each other by date.")
    if min(moments) <= call.opens_at:
        yield _("The first cut comes before the call opens.")
    if max(moments) <= now:
        yield _("Every cut lies in the past.")


def _who(call: Call) -> Iterator[str]:
    if call.line == Line.JOINT_INVESTMENT and not call.needs_prior_support:
        yield _("A call for joint investment asks for earlier support by the State.")


def _money(call: Call) -> Iterator[str]:
    if call.line == Line.PARTNERSHIP and call.months != 12:
        yield _("A project of a new partnership takes 12 months.")
    if not call.categories:
        yield _("Choose the categories of money.")
    if call.max_per_project <= ZERO:
        yield _("Set the highest amount per project.")
    if call.max_per_firm is not None and call.max_per_firm > call.max_per_project > ZERO:
        yield _("The highest amount per firm is above that per project.")
    if BudgetCategory.COORDINATION in call.categories and not call.salary_per_month:
        yield _("Set the coordinator's salary per month.")


def _payment(call: Call) -> Iterator[str]:
    if not call.counterpart_kinds:
        yield _("Say what counts as counterpart.")
    if Call.Counterpart.IN_KIND in call.counterpart_kinds and not call.in_kind_cap:
        yield _("Say how much of the counterpart may be in kind.")
    if call.quotes_from is not None and not call.quotes_needed:
        yield _("Say how many quotes are asked for.")


def _documents(call: Call) -> Iterator[str]:
    rows = list(call.requirements.all())
    for row in rows:
        if not (row.name_en.strip() and row.name_es.strip()):
            yield _("Name each document in both languages: number %(n)s.") % {"n": rows.index(row) + 1}
    if call.joint_work_proof and not any(row.required for row in rows):
        yield _("The call asks for proof of joint work: ask for the document that shows it.")


def _questions(call: Call) -> Iterator[str]:
    for number, question in enumerate(call.questions.select_related("only_if"), 1):
        if not (question.text_en.strip() and question.text_es.strip()):
            yield _("Write each question in both languages: number %(n)s.") % {"n": number}
        chosen = question.kind in (Question.Kind.CHOICE, Question.Kind.CHOICES)
        if chosen and len(question.options) < FEWEST_OPTIONS:
            yield _("A question with options needs two at least: number %(n)s.") % {"n": number}
        if question.only_if is not None and not _can_depend(question):
            yield _("Question %(n)s depends on one that does not come before it.") % {"n": number}


def _can_depend(question: Question) -> bool:
    before = question.only_if
    assert before is not None
    return (
        before.call_id == question.call_id
        and before.order < question.order
        and before.kind in DECIDING
        and bool(question.only_if_answers)
    )


def _reviews(call: Call) -> Iterator[str]:
    if call.spread_asks == Call.Spread.CONSENSUS:
        if call.max_spread is None:
            yield _("Say how far reviews may lie apart before the reviewers meet.")
        if call.reviews_needed < FEWEST_WHO_MEET:
            yield _("One review lies apart from no other: ask for two, or do not ask the reviewers to meet.")
    criteria = list(call.criteria.all())
    if not criteria:
        yield _("Write the criteria of the reviews.")
    for number, criterion in enumerate(criteria, 1):
        if not (criterion.name_en.strip() and criterion.name_es.strip()):
            yield _("Name each criterion in both languages: number %(n)s.") % {"n": number}


def reports_of(call: Call) -> int:
    """How many reports a project of the call files, the final one among them."""
    return -(-call.months // max(call.report_every_months, 1))


def _reports(call: Call) -> Iterator[str]:
    tranches = list(call.tranches.all())
    if sum((tranche.percent for tranche in tranches), ZERO) != 100:
        yield _("The tranches must add up to 100 %.")
    waits = [tranche.after_report for tranche in tranches]
    if waits != sorted(waits):
        yield _("A later tranche cannot wait for an earlier report.")
    if waits and max(waits) > (count := reports_of(call)):
        yield _("A tranche waits for report %(report)s, and a project files %(count)s.") % {
            "report": max(waits),
            "count": count,
        }
