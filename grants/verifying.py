"""What `manage.py verify` checks of the money of projects: that each ledger adds up, and that lists and settlements stand
(PROGRAMME 6.5, 6.10, 10)."""

import hashlib
from collections.abc import Iterator

from django.db import connection

from core import verifying
from core.models import Case
from grants.letters.writing import digest_of
from grants.models import BankList, FinalSettlement, Project, ProjectLetter
from grants.settling import worked_out


def ledgers(case: Case | None) -> Iterator[str]:
    """The ledger of each project against what it tells of, as the database itself adds up."""
    rows = Project.objects.order_by("pk")
    for project in (rows.filter(application__case=case) if case else rows).iterator():
        with connection.cursor() as cursor:
            cursor.execute("SELECT grants_ledger_fault(%s)", [project.pk])
            (fault,) = cursor.fetchone()
        if fault:
            yield f"project {project.pk}: the ledger does not add up: {fault}"


def settlements(case: Case | None) -> Iterator[str]:
    """Each frozen settlement against what is verified, paid and given back."""
    rows = FinalSettlement.objects.select_related("project__application__call").order_by("pk")
    for settlement in (rows.filter(project__application__case=case) if case else rows).iterator():
        again = worked_out(settlement.project)
        if (again.due, again.paid, again.returned) != (settlement.due, settlement.paid, settlement.returned):
            yield f"project {settlement.project_id}: its settlement was changed"


def bank_lists(case: Case | None) -> Iterator[str]:
    """The bytes of each list against its hash. Lists are of no case."""
    for found in () if case else BankList.objects.order_by("pk").iterator():
        if hashlib.sha256(found.content.encode()).hexdigest() != found.sha256:
            yield f"bank list {found.number}: it was changed"


def letters(case: Case | None) -> Iterator[str]:
    """Each letter about a project against the hash that its paper prints."""
    rows = ProjectLetter.objects.order_by("pk")
    for letter in (rows.filter(project__application__case=case) if case else rows).iterator():
        if digest_of(letter) != letter.sha256:
            yield f"project {letter.project_id}: letter {letter.number} was changed"


def register() -> None:
    """Called in AppConfig.ready."""
    verifying.register("ledgers", ledgers)
    verifying.register("settlements", settlements)
    verifying.register("bank lists", bank_lists)
    verifying.register("letters", letters)
