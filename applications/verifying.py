"""What `manage.py verify` checks of applications: snapshots, decided amounts, envelopes (PROGRAMME 6.4, 6.10)."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import override

from applications import recomputing
from applications.agreeing import RECORDED
from applications.models import Application, Call, Consensus, Decision, EnvelopeEntry, Submission
from core import verifying
from core.models import Case, Event
from core.money import ZERO, format_money


def snapshots(case: Case | None) -> Iterator[str]:
    """Each submission against its hash and its own figures, and against what the timeline says of it."""
    rows = Submission.objects.select_related("application").order_by("pk")
    for submission in (rows.filter(application__case=case) if case else rows).iterator():
        where = f"case {submission.application.case_id}: submission {submission.number}"
        with override("en"):
            for again in recomputing.of_submission(submission):
                if not again.same:
                    yield f"{where}: {again.what}: written {again.written}, computed {again.computed}"
        said = Event.objects.filter(
            case_id=submission.application.case_id,
            action="application.submit",
            data__number=submission.number,
        ).values_list("data__sha256", flat=True)
        if submission.sha256 not in said:
            yield f"{where}: its hash is not the one on the timeline"


def decisions(case: Case | None) -> Iterator[str]:
    """What was approved against its lines, the snapshot and the timeline."""
    rows = Decision.objects.filter(amount__isnull=False).select_related("application", "submission")
    rows = rows.prefetch_related("lines").order_by("pk")
    for decision in (rows.filter(application__case=case) if case else rows).iterator(chunk_size=200):
        with override("en"):
            for again in recomputing.of_amounts(decision):
                if not again.same:
                    yield (
                        f"case {decision.application.case_id}: decision {decision.pk}: {again.what}: "
                        f"written {again.written}, computed {again.computed}"
                    )


def consensuses(case: Case | None) -> Iterator[str]:
    """What reviewers agreed on: its total from its scores, and what the timeline says."""
    rows = Consensus.objects.select_related("submission__application__call").order_by("pk")
    for consensus in (rows.filter(submission__application__case=case) if case else rows).iterator():
        application = consensus.submission.application
        where = f"case {application.case_id}: consensus {consensus.pk}"
        with override("en"):
            for again in recomputing.of_consensus(consensus, application.call.criteria.all()):
                if not again.same:
                    yield f"{where}: {again.what}: written {again.written}, computed {again.computed}"
        said = Event.objects.filter(
            case_id=application.case_id, action=RECORDED, data__consensus=consensus.pk
        ).values_list("data__total", flat=True)
        if str(consensus.total) not in said:
            yield f"{where}: its total is not the one on the timeline"


def envelopes(case: Case | None) -> Iterator[str]:
    """The entries of each approval against its decision, and of each call against its envelope."""
    rows = Decision.objects.filter(kind=Decision.Kind.APPROVE).select_related("application")
    entries = EnvelopeEntry.objects.filter(why=EnvelopeEntry.Why.APPROVE)
    if case:
        rows, entries = rows.filter(application__case=case), entries.filter(application__case=case)
    committed = dict(entries.values_list("application_id").annotate(sum=Sum("amount")).order_by())
    for decision in rows.order_by("pk").iterator():
        entered = committed.pop(decision.application_id, ZERO)
        if entered != decision.amount:
            yield (
                f"case {decision.application.case_id}: decision {decision.pk} approves "
                f"{format_money(decision.amount)}, the envelope holds {format_money(entered)} for it"
            )
    for application in committed:
        yield f"application {application}: money of the envelope without an approval"
    calls = Call.objects.annotate(committed=Sum("entries__amount")).filter(committed__gt=F("envelope"))
    for call in (calls.filter(pk__in=_call_of(case)) if case else calls).order_by("pk"):
        committed_of_call: Decimal = call.committed  # type: ignore[attr-defined]
        yield f"call {call.code}: {format_money(committed_of_call)} committed of an envelope of {format_money(call.envelope)}"


def _call_of(case: Case) -> list[int]:
    return list(Application.objects.filter(case=case).values_list("call_id", flat=True))


def register() -> None:
    """Called once, when the app is ready."""
    verifying.register("submissions", snapshots)
    verifying.register("decisions", decisions)
    verifying.register("consensuses", consensuses)
    verifying.register("envelopes", envelopes)
