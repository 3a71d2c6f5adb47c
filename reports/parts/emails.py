"""The letters about a firm's part of a report: to the firm, which has no account, and to who asked it."""

from datetime import datetime

from django.urls import reverse
from django.utils.functional import lazy

from core import outbox
from core.dates import day_of
from core.templatetags.lsp import day
from groups.letters import language_of
from reports.models import FirmPart, FirmPartLink
from reports.parts.links import path_of


def asked(link: FirmPartLink, token: str, *, now: datetime) -> None:
    """Ask a firm for its part."""
    _to_firm("firm_part_ask", link, token, now)


def reminded(link: FirmPartLink, token: str, *, now: datetime) -> None:
    """Ask it again, with a new link."""
    _to_firm("firm_part_remind", link, token, now)


def _to_firm(template: str, link: FirmPartLink, token: str, now: datetime) -> None:
    part = link.part
    report, group = part.report, part.report.group
    outbox.queue(
        key=f"{template}.{link.pk}",
        address=link.email,
        template=template,
        now=now,
        case=report.case,
        language=language_of(group),
        confidential=True,
        context={
            "group": group.name,
            "firm": part.firm.name,
            "asked_by": str(part.asked_by),
            "project": report.project.title,
            "period_from": day(report.period_from),
            "period_to": day(report.period_to),
            "message": part.message,
            "answer_by": day(part.answer_by),
            "url": path_of(token),
        },
    )


def answered(part: FirmPart, *, now: datetime) -> None:
    """To who asked, and to who reports now: the firm answered."""
    report = part.report
    readers = {
        person.pk: person for person in (part.asked_by, report.project.reporter_on(day_of(now))) if person
    }
    for reader in readers.values():
        outbox.queue(
            key=f"firm_part_answered.{part.pk}.{reader.pk}",
            to=reader,
            template="firm_part_answered",
            now=now,
            case=report.case,
            context={
                "firm": part.firm.name,
                # Put into words in the reader's language, when the message is written.
                "report": lazy(lambda: report.name, str)(),
                "person": part.person_name,
                "url": reverse("report_part", args=[report.pk, part.pk]),
            },
        )
