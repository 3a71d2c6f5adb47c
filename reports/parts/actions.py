"""Firms hand in their part of a report (PROGRAMME 5): the coordinator asks and reminds, the firm answers by its link, the
coordinator takes of it into the report what belongs there. On the timeline; a firm has no account, so the text of its
event says who it was."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.permissions import Action
from core import dates, timeline
from core.models import Case
from core.workflow import TransitionRefused
from grants.models import BaselineActivity
from groups.actions import codes
from groups.links import CodeRefused
from groups.models import Firm
from reports import guards
from reports.actions import LONGEST_TEXT, always, answer_of, check_room, editing, store_file
from reports.models import (
    FirmPart,
    FirmPartFile,
    FirmPartLink,
    FirmPartText,
    ProgressReport,
    ReportEvidence,
    Training,
)
from reports.parts import emails, links
from reports.returning import OUTCOMES, SUMMARY, Opened, why_closed

MOST_FILES = 8
# How long a firm may be given.
MOST_DAYS = 60

# --- Asking --------------------------------------------------------------------------------------------


def _writable(by, report: ProgressReport, now: dt.datetime) -> ProgressReport:
    """The fresh report under its case's lock, if it is this person's turn to write it."""
    Case.objects.select_for_update().get(pk=report.case.pk)
    report = ProgressReport.objects.with_case().get(pk=report.pk)
    require(by, Action.EDIT_REPORT, report)
    if not report.is_owed:
        raise TransitionRefused(_("The report is not being written now."))
    for guard in (guards.project_runs, guards.writes_it):
        if sentence := guard(report, by=by, now=now, data={}):
            raise TransitionRefused(sentence)
    return report


@transaction.atomic
def ask(
    *,
    by,
    report: ProgressReport,
    firms: Iterable[Firm],
    asks: Collection[str],
    activities: Iterable[BaselineActivity],
    message: str,
    answer_by: dt.date,
    now: dt.datetime,
) -> tuple[list[FirmPart], list[tuple[Firm, str]]]:
    """Ask firms for their part, each by a link to its own address. A question to a firm that has not answered yet is
    replaced. Answers who was asked, and who could not be, with the sentence why.

    Raises NotAllowed or TransitionRefused.
    """
    report = _writable(by, report, now)
    today = dates.day_of(now)
    if not today <= answer_by <= today + dt.timedelta(days=MOST_DAYS):
        raise TransitionRefused(_("Choose a day within the next %(n)d days.") % {"n": MOST_DAYS})
    asked, not_asked, activities = [], [], list(activities)
    for firm in firms:
        part = FirmPart(
            report=report, firm=firm, asks=list(asks), message=message.strip(), answer_by=answer_by,
            asked_by=by, asked_at=now,
        )  # fmt: skip
        if sentence := links.why_no_more(part, now):
            not_asked.append((firm, sentence))
            continue
        for old in report.parts.filter(firm=firm, status=FirmPart.Status.ASKED):
            _withdraw(old, now)
        part.save()
        part.activities.set(activities)
        link, token = links.make(part, by=by, now=now)
        emails.asked(link, token, now=now)
        timeline.record(
            report.case, "firmpart.asked", by=by, now=now, obj=part, number=report.number, text=firm.name
        )
        asked.append(part)
    return asked, not_asked


def _fresh(by, part: FirmPart, now: dt.datetime) -> FirmPart:
    report = _writable(by, part.report, now)
    fresh = FirmPart.objects.select_for_update(of=("self",)).select_related("firm").get(pk=part.pk)
    fresh.report = report
    return fresh


@transaction.atomic
def remind(*, by, part: FirmPart, now: dt.datetime) -> FirmPartLink:
    """Send a firm another link: at most once a day. Raises NotAllowed or TransitionRefused."""
    part = _fresh(by, part, now)
    if sentence := links.why_not_remind(part, now):
        raise TransitionRefused(sentence)
    link, token = links.make(part, by=by, now=now)
    emails.reminded(link, token, now=now)
    timeline.record(
        part.case,
        "firmpart.reminded",
        by=by,
        now=now,
        obj=part,
        number=part.report.number,
        text=part.firm.name,
    )
    return link


@transaction.atomic
def share(*, by, part: FirmPart, now: dt.datetime) -> str:
    """A link to share with a firm that was asked; answers its address, which is shown once. It asks for a code that goes to
    the firm's own address. Raises NotAllowed or TransitionRefused."""
    part = _fresh(by, part, now)
    if sentence := links.why_not_share(part, now):
        raise TransitionRefused(sentence)
    _link, token = links.make(part, by=by, now=now, shared=True)
    timeline.record(
        part.case, "firmpart.shared", by=by, now=now, obj=part, number=part.report.number, text=part.firm.name
    )
    return settings.SITE_URL + links.path_of(token)


@transaction.atomic
def withdraw(*, by, part: FirmPart, now: dt.datetime) -> FirmPart:
    """Take a question back: its link does not work any more. Raises NotAllowed or TransitionRefused."""
    part = _fresh(by, part, now)
    if part.status != FirmPart.Status.ASKED:
        raise TransitionRefused(_("The firm answered already, or is not asked any more."))
    _withdraw(part, now)
    timeline.record(
        part.case,
        "firmpart.withdrawn",
        by=by,
        now=now,
        obj=part,
        number=part.report.number,
        text=part.firm.name,
    )
    return part


def _withdraw(part: FirmPart, now: dt.datetime) -> None:
    part.status = FirmPart.Status.WITHDRAWN
    part.save(update_fields=["status"])
    links.end(part, now)


# --- The firm answers ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What a firm says on its page. `texts` are what was done, by the id of an activity, or None for the firm as a whole;
    `people` are counts by gender."""

    person_name: str
    person_position: str
    texts: Mapping[int | None, str] = field(default_factory=dict)
    figures: str = ""
    course: str = ""
    course_on: dt.date | None = None
    hours: Decimal | None = None
    people: Mapping[str, int] = field(default_factory=dict)
    files: tuple[Any, ...] = ()


@transaction.atomic
def send_code(*, link: FirmPartLink, now: dt.datetime) -> None:
    """Send the code of a shared link to the firm's own address. Raises LinkOver or CodeRefused."""
    link = _open(link, now)
    codes.send(link, group=link.part.report.group, address=link.email, now=now)


def check_code(*, link: FirmPartLink, code: str, now: dt.datetime) -> None:
    """Whether a typed code is the one that was sent. Raises LinkOver or CodeRefused; the try counts all the same."""
    with transaction.atomic():
        link = _open(link, now)
        sentence = codes.why_not(link, code, firm_id=link.part.firm_id, address=link.email, now=now)
    if sentence:
        raise CodeRefused(sentence)


def _open(link: FirmPartLink, now: dt.datetime) -> FirmPartLink:
    """The link as it is now, locked behind its case, with its part. Raises LinkOver."""
    Case.objects.select_for_update().get(pk=link.part.case.pk)
    link = FirmPartLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    part = (
        FirmPart.objects.select_for_update(of=("self",))
        .select_related("firm", "asked_by")
        .get(pk=link.part_id)
    )
    part.report = ProgressReport.objects.with_case().get(pk=part.report_id)
    link.part = part
    if not links.is_open(link, now):
        raise links.LinkOver
    return link


@transaction.atomic
def answer(*, link: FirmPartLink, said: Answer, now: dt.datetime) -> FirmPart:
    """The firm answers, once; of a shared link its page has asked for the code. Raises LinkOver, TransitionRefused, or
    ValidationError for a file."""
    link = _open(link, now)
    part = link.part
    if len(said.files) > MOST_FILES:
        raise TransitionRefused(_("Choose at most %(n)d files at once.") % {"n": MOST_FILES})
    asked = set(part.activities.values_list("pk", flat=True))
    for activity, text in said.texts.items():
        if text.strip() and (activity is None or activity in asked):
            FirmPartText.objects.create(part=part, activity_id=activity, text=text.strip())
    for upload in said.files:
        document = store_file(part.report, upload, by=None, now=now)
        FirmPartFile.objects.create(part=part, document=document)
    link.used_at = now
    link.save(update_fields=["used_at"])
    links.end(part, now)
    part.status, part.answered_at = FirmPart.Status.ANSWERED, now
    part.person_name, part.person_position = said.person_name, said.person_position
    part.figures, part.course, part.course_on = said.figures.strip(), said.course, said.course_on
    part.hours = said.hours
    for name, count in said.people.items():
        setattr(part, name, count)
    part.save()
    timeline.record(
        part.case,
        "firmpart.answered",
        by=None,
        now=now,
        obj=part,
        number=part.report.number,
        shared=link.shared,
        text=f"{part.firm.name}: {part.person_name}, {part.person_position}",
    )
    emails.answered(part, now=now)
    return part


# --- The coordinator assembles -------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """Something that a firm said, and where in the report it would go."""

    code: str
    label: str
    text: str
    where: str
    # Of a text: its activity; of a file: its row.
    row: Any = None


def pieces(part: FirmPart) -> list[Piece]:
    """All that a firm said, each with where it would go. Three queries."""
    found = []
    for row in part.texts.select_related("activity"):
        where = row.activity.name if row.activity else _("How the period went")
        found.append(Piece(f"text.{row.pk}", _("What was done"), row.text, where, row))
    if part.figures:
        found.append(Piece("figures", _("Figures: what changed"), part.figures, _("How the period went")))
    if part.people:
        words = _("%(course)s: %(n)d people") % {"course": part.course, "n": part.people}
        found.append(Piece("training", _("People trained"), words, _("People trained")))
    for file in part.files.select_related("document"):
        label, where = _("Photographs and papers"), _("Evidence")
        found.append(Piece(f"file.{file.pk}", label, file.document.filename, where, file))
    return found


def adopt(
    *, by, report: ProgressReport, part: FirmPart, codes: Collection[str], version: int, now: dt.datetime,
    files_to: BaselineActivity | None = None,
) -> ProgressReport:  # fmt: skip
    """Take what a firm said into the report, each piece once: texts are added below what stands there, with the firm's
    name; people trained become an entry of their ledger; files become evidence, of the activity `files_to` or of the
    whole report.

    Raises NotAllowed, StaleObject or TransitionRefused, and then nothing has changed.
    """
    # Which parts of the report it touches, each piece says (`_into`).
    with editing(report, by=by, version=version, now=now, part="firms", is_open=always) as fresh:
        part = FirmPart.objects.select_for_update(of=("self",)).select_related("firm").get(
            pk=part.pk, report=fresh
        )  # fmt: skip
        if part.status != FirmPart.Status.ANSWERED:
            raise TransitionRefused(_("The firm has not answered yet."))
        chosen = [piece for piece in pieces(part) if piece.code in codes and piece.code not in part.adopted]
        if not chosen:
            raise TransitionRefused(_("Choose something that is not in the report yet."))
        opened = Opened.of(fresh)
        for piece in chosen:
            if sentence := why_closed(opened, _into(piece, opened, files_to)):
                raise TransitionRefused(sentence)
            _take(fresh, part, piece, files_to)
        part.adopted = [*part.adopted, *(piece.code for piece in chosen)]
        part.save(update_fields=["adopted"])
    return fresh


def _into(piece: Piece, opened: Opened, files_to: BaselineActivity | None) -> bool:
    """Whether the part of the report into which a piece goes is open."""
    if piece.code == "training":
        return opened.is_open(OUTCOMES)
    if piece.code.startswith("file."):
        return opened.files_are_open(files_to.pk if files_to else None)
    if piece.code.startswith("text.") and piece.row.activity:
        return opened.is_open(f"activity{piece.row.activity.pk}")
    return opened.is_open(SUMMARY)


def _take(report: ProgressReport, part: FirmPart, piece: Piece, files_to: BaselineActivity | None) -> None:
    if piece.code == "training":
        _take_training(report, part)
    elif piece.code.startswith("file."):
        check_room(report, files_to, 1)
        ReportEvidence.objects.create(report=report, activity=files_to, document=piece.row.document)
    elif piece.code.startswith("text.") and piece.row.activity:
        row = answer_of(report, piece.row.activity)
        row.what_was_done = _below(row.what_was_done, part.firm, piece.text)
        row.save()
    else:
        report.summary = _below(report.summary, part.firm, piece.text)


def _below(text: str, firm: Firm, said: str) -> str:
    """What a firm said, with its name, below what stands there."""
    whole = f"{text.rstrip()}\n\n{firm.name}: {said}".strip()
    if len(whole) > LONGEST_TEXT:
        raise TransitionRefused(
            _("With that the text would be too long: at most %(n)d letters. Shorten it first.")
            % {"n": LONGEST_TEXT}
        )
    return whole


def _take_training(report: ProgressReport, part: FirmPart) -> None:
    # A course is said whole (reports.parts.forms).
    assert part.course_on is not None
    assert part.hours is not None
    made = Training.objects.create(
        report=report,
        course=part.course,
        on=part.course_on,
        hours=part.hours,
        women=part.women,
        men=part.men,
        other=part.other,
        not_said=part.not_said,
        text=_("Said by %(firm)s: %(name)s, %(position)s")
        % {"firm": part.firm.name, "name": part.person_name, "position": part.person_position},
    )
    made.firms.set([part.firm])
