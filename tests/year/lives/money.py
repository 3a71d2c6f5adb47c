"""What is paid to a project: sureties, orders, and what the Treasury and the bank say of them."""

from core.money import cents
from core.workflow import TransitionRefused
from grants import actions
from grants.models import Disbursement, Project
from grants.workflow import DISBURSEMENT, order_refusal
from tests import factories_grants as grants
from tests.grants.money import rows as money
from tests.year.lives.base import DAY, Steps, while_running


class Payments(Steps):
    """Of the grant and of the salary alike."""

    def insure(self) -> None:
        """A surety for what is advanced; a first one that expires is followed by another in time."""
        project = self.project
        if not project.is_open:
            return
        short = self.once("second surety")
        amount = project.approved_amount
        money.surety(
            project,
            amount,
            by=self.cast.finance,
            policy=f"P-{self.number}-{project.sureties.count()}",
            from_on=self.today,
            expires_on=self.today + (60 if short else 400) * DAY,
            now=self.now,
        )
        self.count("surety")
        if short:
            self.after(50, self.insure)
        self.after(1, self.pay)

    @while_running
    def pay(self) -> None:
        """Order all that can be ordered; what waits for something is asked again when that has happened."""
        project = self.project
        for tranche in (
            project.tranches.to_order().select_related("salary__person").order_by("kind", "number")
        ):
            if order_refusal(tranche, by=self.cast.finance, now=self.now):
                continue
            payment = actions.order_disbursement(by=self.cast.finance, tranche=tranche, now=self.now)
            self.count("order of a salary" if tranche.is_salary else "order")
            if not tranche.is_salary and self.once("ordered and suspended"):
                self.after(1, self.suspend)
            self.after(2, self.confirm, payment)

    def confirm(self, payment: Disbursement) -> None:
        """The Treasury paid yesterday; or the bank refused; or the project was suspended meanwhile, and nothing is paid."""
        payment = Disbursement.objects.select_related("tranche__project__application").get(pk=payment.pk)
        if payment.status != Disbursement.Status.ORDERED:
            return None
        if self.project.status == Project.Status.SUSPENDED:
            return self._not_while_suspended(payment)
        if not payment.tranche.is_salary and self.once("failed"):
            data = {"reason": "The bank says that the account is closed."}
            DISBURSEMENT.apply(payment, "fail", by=self.cast.finance2, now=self.now, data=data)
            return self.after(1, self.name_payee)
        withheld = cents(payment.amount * self.draw.choice([0, 0, 0, 2]) / 100)
        told = grants.treasury(payment, now=self.now, withheld=withheld, net=payment.amount - withheld)
        actions.confirm_disbursement(by=self.cast.finance2, disbursement=payment, now=self.now, **told)
        self.count("salary paid" if payment.tranche.is_salary else "paid")
        return None

    def _not_while_suspended(self, payment: Disbursement) -> None:
        before = self.project.paid()
        try:
            told = grants.treasury(payment, now=self.now)
            actions.confirm_disbursement(by=self.cast.finance2, disbursement=payment, now=self.now, **told)
        except TransitionRefused:
            self.count("not paid while suspended")
        else:
            raise AssertionError("a payment was confirmed while the project was suspended")
        assert self.project.paid() == before
        # Every other one is cancelled, the rest wait for the project to go on.
        if self.year.happened["not paid while suspended"] % 2:
            self.cancel_order(payment, "The project is suspended.")
        else:
            self.after(6, self.confirm, payment)
