"""What comes back, and the end: closed, terminated or renounced."""

from decimal import Decimal
from typing import Any

from core.money import ZERO, cents
from grants import ledger
from grants.models import Expense, Project, Refund
from grants.refunds import actions as refunds
from grants.refunds.workflow import REFUND
from grants.settling import worked_out
from grants.sureties.workflow import SURETY
from grants.workflow import PROJECT
from tests import factories_grants as grants
from tests.grants.money import rows as money
from tests.year.lives.base import DAY, Steps, while_running

TRIES = 12


class Ending(Steps):
    """After it nothing of the project is left open."""

    def _ask_refund(self, why: str, amount: Decimal, **more: Any) -> Refund:
        self.count(f"refund: {why}")
        return money.refund(
            self.project,
            amount,
            why=why,
            by=self.cast.finance,
            due_on=self.today + 20 * DAY,
            now=self.now,
            **more,
        )

    @while_running
    def ask_back(self) -> None:
        """A part of what was paid and not proven is not needed. The first receipt is not found at the bank."""
        free = ledger.figures_of(self.project).to_prove
        if free <= ZERO:
            return self.after(10, self.ask_back)
        mistake = self._ask_refund(Refund.Why.UNSPENT, cents(free / 20))
        data = {"reason": "A mistake."}
        REFUND.apply(mistake, "cancel", by=self.cast.finance, now=self.now, data=data)
        asked = self._ask_refund(Refund.Why.UNSPENT, cents(free / 10))
        self.once("refund")
        return self.after(4, self.give_back, asked, True)

    def give_back(self, asked: Refund, lost: bool = False) -> None:
        asked = Refund.objects.get(pk=asked.pk)
        left = asked.amount - asked.announced()
        given = money.receipt(
            asked,
            left,
            by=self.representative,
            paid_on=self.today,
            reference=f"T-{asked.pk}-{self.today}",
            now=self.now,
        )
        self.after(2, self.look_for, given, lost)

    def look_for(self, given: Any, lost: bool) -> None:
        if lost:
            data = {"reason": "The bank knows nothing of it."}
            refunds.check_receipt(
                by=self.cast.finance2, receipt=given, name="refuse", now=self.now, data=data
            )
            self.count("receipt refused")
            self.after(3, self.give_back, given.refund)
        else:
            refunds.check_receipt(by=self.cast.finance2, receipt=given, name="confirm", now=self.now)
            self.count("money came back")

    def terminate(self) -> None:
        """Nothing may be under way: an order is cancelled first. What was paid and is not proven is asked back."""
        if self.project.is_open and self.project.first_day and "heard" not in self.done:
            self.done.add("heard")
            grants.hear(self.project, by=self.cast.officer, now=self.now)
            return self.after(3, self.terminate)
        if self._leaves("terminated"):
            self.act("terminate", self.cast.approver, reason="The group fell apart.")
            self._ask_rest_back()
        return None

    def renounce(self) -> None:
        if self.project.status == Project.Status.SUSPENDED:
            return self.after(6, self.renounce)
        if self._leaves("renounced"):
            self.act("renounce", self.representative, reason="Two firms left.")
            self._ask_rest_back()
        return None

    def _leaves(self, story: str) -> bool:
        if not self.project.is_open or not self.once(story):
            return False
        for payment in self.under_way():
            self.cancel_order(payment, "The project ends.")
        return True

    def _ask_rest_back(self) -> None:
        figures = ledger.figures_of(self.project)
        if figures.to_prove > ZERO:
            asked = self._ask_refund(Refund.Why.TERMINATION, figures.to_prove)
            self.after(9, self.give_back, asked)

    @while_running
    def begin_closing(self) -> None:
        if self.project.status == Project.Status.ACTIVE:
            self.act("start_closing", self.cast.officer)
        self.after(2, self.pay)
        self.after(9, self.settle)

    @while_running
    def settle(self) -> None:
        """What was paid and is not due comes back, with its interest."""
        open_ones = Expense.objects.of_project(self.project).open()
        if open_ones.exists() or self.under_way().exists() or self.project.refunds.asked().exists():
            return self.after(5, self.settle)
        if back := worked_out(self.project).to_return:
            self.after(3, self.give_back, self._ask_refund(Refund.Why.UNSPENT, back))
        if "interest" not in self.done and self.draw.random() < 0.5:
            self.done.add("interest")
            interest = Decimal(self.draw.randint(1, 1_000_000)) / 100
            self.after(4, self.give_back, self._ask_refund(Refund.Why.INTEREST, interest))
        return self.after(12, self.close)

    @while_running
    def close(self) -> None:
        """The account is matched, sureties are let go, and the settlement is frozen."""
        money.match_account(self.project, by=self.representative, now=self.now)
        for surety in self.project.sureties.held():
            SURETY.apply(surety, "release", by=self.cast.finance, now=self.now)
        close = PROJECT.by_name["close"]
        sentence = PROJECT.refusal(self.project, close, by=self.cast.officer, now=self.now, data={})
        if sentence:
            self.tries += 1
            assert self.tries < TRIES, f"it does not close: {sentence}"
            self.after(5, self.settle)
        else:
            self.act("close", self.cast.officer)
            self.count("closed")
