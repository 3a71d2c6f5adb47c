"""What is told about findings: to the office when something was found or is asked again, to who found it when it is answered."""

from collections.abc import Callable

from django.urls import reverse

from grants.emails import day_text, officers_of, tell
from grants.models import Finding


def finding_written(finding: Finding, *, now) -> None:
    """To the officer of the project: answer by this day."""
    _tell_office(finding, key="written", now=now)


def finding_moved(what: str) -> Callable[..., None]:
    """An effect that tells the other side."""

    def effect(finding: Finding, *, by, now, data) -> None:
        if what == "asked":
            _tell_office(finding, key=f"asked.{finding.version}", now=now, reason=data["reason"])
            return
        tell(
            [finding.written_by],
            "finding_answered",
            finding.project,
            key=f"finding.{finding.pk}.answered.{finding.version}",
            now=now,
            url=reverse("finding_detail", args=[finding.pk]),
            number=finding.number,
        )

    return effect


def _tell_office(finding: Finding, *, key: str, now, **context) -> None:
    tell(
        officers_of(finding.project, now),
        "finding_written",
        finding.project,
        key=f"finding.{finding.pk}.{key}",
        now=now,
        url=reverse("finding_detail", args=[finding.pk]),
        number=finding.number,
        due_on=day_text(finding.due_on),
        **context,
    )
