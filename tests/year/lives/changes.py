"""What changes while a project runs: its coordinator, its plan, and whether it goes on."""

from decimal import Decimal
from typing import Any

from core.money import cents
from grants.amendments import in_force
from grants.amendments.workflow import AMENDMENT
from grants.models import Amendment, Project
from tests import factories_amendments as amendments
from tests.year.lives.base import Steps, while_running


class Changes(Steps):
    """Each is a story of its own."""

    @while_running
    def replace(self) -> None:
        if self.once("replaced"):
            self.nominate("Found another job.")

    @while_running
    def stand_in(self) -> None:
        if self.once("stood in for"):
            self.nominate("Is ill.", 12)

    def _ask(self, kind: str, story: str, lines: dict[str, Any]) -> None:
        asked = amendments.ask(self.project, kind, now=self.now, lines=lines)
        assert asked.for_approver == (story != "small amendment")
        self.after(4, self.decide, asked, story)

    def _two_lines(self) -> tuple[Any, Any]:
        first, second = [row for row in in_force.lines_on(self.project) if row.category != "coordination"]
        return first, second

    @while_running
    def ask_small(self) -> None:
        """Money moves between two lines within the call's tolerance: an officer decides."""
        self._ask("budget", "small amendment", self._moved(Decimal("0.03")))

    @while_running
    def ask_large(self) -> None:
        """The same, above it: an approver decides."""
        self._ask("budget", "large amendment", self._moved(Decimal("0.15")))

    def _moved(self, part: Decimal) -> dict[str, Any]:
        """So much of the smaller line goes to the larger one, of both shares."""
        one, other = sorted(self._two_lines(), key=lambda row: row.programme_share)
        programme, group = cents(one.programme_share * part), cents(one.group_share * part)
        return {
            str(one.pk): _shares(one.programme_share - programme, one.group_share - group),
            str(other.pk): _shares(other.programme_share + programme, other.group_share + group),
        }

    @while_running
    def ask_amount(self) -> None:
        """More or less of the first line. While a payment is under way this waits."""
        if self.under_way().exists():
            return self.after(3, self.ask_amount)
        part = Decimal("1.10") if "more money" in self.fate else Decimal("0.93")
        line = self._two_lines()[0]
        lines = {str(line.pk): _shares(cents(line.programme_share * part), cents(line.group_share * part))}
        return self._ask("amount", "more money" if part > 1 else "less money", lines)

    @while_running
    def decide(self, asked: Amendment, story: str) -> None:
        asked = Amendment.objects.get(pk=asked.pk)
        if asked.status != Amendment.Status.SUBMITTED:
            return None
        if asked.kind == "amount" and self.under_way().exists():
            return self.after(3, self.decide, asked, story)
        if self.once("amendment returned"):
            data = {"reason": "Say what for."}
            AMENDMENT.apply(asked, "return_amendment", by=self.cast.officer, now=self.now, data=data)
            return self.after(3, self.send_again, asked, story)
        amendments.approve(
            asked, now=self.now, by=self.cast.approver if asked.for_approver else self.cast.officer
        )
        self.count(story)
        return None

    @while_running
    def send_again(self, asked: Amendment, story: str) -> None:
        """By whoever reports now; what another amendment changed meanwhile is set anew by the rules."""
        asked = Amendment.objects.get(pk=asked.pk)
        AMENDMENT.apply(asked, "submit", by=self.project.reporter_on(self.today), now=self.now)
        self.after(3, self.decide, asked, story)

    def suspend(self) -> None:
        if self.project.is_running:
            self.once("suspended")
            self.act("suspend", self.cast.officer, reason="A flood.")
            self.after(self.draw.randint(8, 40), self.resume)

    def resume(self) -> None:
        if self.project.status == Project.Status.SUSPENDED:
            self.act("resume", self.cast.officer, reason="The water is gone.")
            self.after(1, self.pay)


def _shares(programme: Decimal, group: Decimal) -> dict[str, str]:
    return {"programme": f"{programme:.2f}", "group": f"{group:.2f}"}
