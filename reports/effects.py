"""What a transition of a report does besides: the frozen form, the money that opens, the PDF, the messages.

Effects run under the case's lock, after the state is set and before the report is saved.
"""

from core import jobs
from core.pdf import content_hash
from grants import actions as grants
from reports import content, emails
from reports.models import Observation, ReportReturn
from reports.returning import Opened, cleaned, places_of


def say_which(report, *, by, now, data) -> None:
    """The timeline names the report by its number."""
    data["number"] = report.number


def freeze(report, *, by, now, data) -> None:
    """What is submitted is kept as it is, with its digest; the timeline holds the digest too. Whoever sends it says that
    nothing changed in what it was not asked about."""
    report.unchanged_confirmed = True
    report.submitted_at, report.submitted_by = now, by
    report.snapshot = content.snapshot_of(report, by=by, now=now)
    report.sha256 = data["sha256"] = content_hash(report.snapshot)


def keep_what_was_returned(report, *, by, now, data) -> None:
    """The return, with the report as it was: the next submission replaces the report's own frozen form."""
    ReportReturn.objects.create(
        report=report,
        asked_by=by,
        asked_at=now,
        note=str(data.get("reason", "")).strip(),
        notes=cleaned(data.get("notes"), places_of(report)),
        submitted_at=report.submitted_at,
        snapshot=report.snapshot,
        sha256=report.sha256,
    )


def close_with_observations(report, *, by, now, data) -> None:
    """Accepted, with or without observations; frozen once more with both."""
    for row in data.get("observations", ()):
        Observation.objects.create(
            report=report, text=row["text"].strip(), due_on=row["due_on"], tranche_id=row.get("tranche")
        )
    report.accepted_at, report.accepted_by = now, by
    report.snapshot = content.accepted(report.snapshot, observations_of(report), by=by, now=now)
    report.sha256 = data["sha256"] = content_hash(report.snapshot)


def observations_of(report) -> list[Observation]:
    return list(report.observations.select_related("tranche"))


def held_tranche_ids(project) -> set[int]:
    """The tranches that an observation still holds back."""
    return set(
        Observation.objects.filter(report__project=project, done_on=None, tranche__isnull=False).values_list(
            "tranche_id", flat=True
        )
    )


def open_money(report, *, by, now, data) -> None:
    """The tranche that waited for this report opens, unless an observation holds it. An extra report opens none but the one
    that it was asked to open."""
    if report.is_extra:
        open_named(report, by=by, now=now)
        return
    grants.open_tranches(
        report.project,
        report_number=report.number,
        now=now,
        by=by,
        held=held_tranche_ids(report.project),
    )


def open_named(report, *, by, now) -> None:
    """The payment that an extra report was asked to open, unless an observation holds it."""
    if report.opens is not None:
        open_one(report.project, report.opens, by=by, now=now)


def open_one(project, tranche, *, by, now) -> None:
    """One tranche and no other, unless an observation holds it."""
    others = project.tranches.filter(after_report=tranche.after_report).exclude(pk=tranche.pk)
    grants.open_tranches(
        project,
        report_number=tranche.after_report,
        now=now,
        by=by,
        held={*held_tranche_ids(project), *others.values_list("pk", flat=True)},
    )


def ask_for_pdf(report, *, by, now, data) -> None:
    """A worker makes the document, in the group's language."""
    reader = report.group.representative
    jobs.ask(
        kind="progress_report",
        key=pdf_key(report),
        by=by,
        now=now,
        params={"report": report.pk},
        case=report.case,
        language=reader.language if reader else None,
    )


def pdf_key(report) -> str:
    """The one job that makes the document of a report."""
    return f"progress_report.{report.pk}"


def change_date(report, *, by, now, data) -> None:
    data["was_due_on"], report.due_on = report.due_on, data["due_on"]


def tell_submitted(report, *, by, now, data) -> None:
    emails.submitted(report, now=now)


def tell_returned(report, *, by, now, data) -> None:
    returned = report.returns.first()
    emails.returned(report, note=returned.note, notes=Opened(returned).told(report), now=now)


def tell_accepted(report, *, by, now, data) -> None:
    emails.accepted(report, observations=observations_of(report), now=now)


def tell_moved(report, *, by, now, data) -> None:
    emails.moved(report, reason=data["reason"], now=now)


def tell_left_out(report, *, by, now, data) -> None:
    emails.left_out(report, reason=data["reason"], now=now)
