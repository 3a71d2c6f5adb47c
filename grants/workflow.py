"""The states of a project, of a payment, and of what is proven; and what moves them (PROGRAMME 5). Nothing else writes a status.

`open_project` and `order` make the row: grants.actions does that, asking the same guards. Later apps add what their own
rows need: PROJECT.add_effect, PROJECT.add_guard.
"""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Action
from applications.models import Call
from core.workflow import Transition, Workflow, needs_reason
from grants import effects, emails, guards, settling
from grants.agreements import guards as signed
from grants.expenses import effects as proof
from grants.expenses import emails as told
from grants.expenses import guards as proven
from grants.letters.guards import group_was_heard
from grants.models import Disbursement, Expense, Project, SalaryMonth, Statement
from grants.salary import effects as earned
from grants.salary import emails as paid
from grants.salary import guards as salary

State = Project.Status
Payment = Disbursement.Status
Shown = Statement.Status
Cost = Expense.Status
Month = SalaryMonth.Status


def lock_call(project: Project) -> None:
    """The end of a project gives money back to the envelope: the call comes before the case in the order of locks."""
    Call.objects.select_for_update(no_key=True).get(pk=project.application.call_id)


PROJECT = Workflow(
    model=Project,
    lock_first=lock_call,
    transitions=[
        Transition(
            name="open_project",
            label=_("Open the project"),
            sources=("",),
            target=State.AWAITING_AGREEMENT,
            permission=Action.OPEN_PROJECT,
        ),
        Transition(
            name="activate",
            label=_("Start the project"),
            sources=(State.AWAITING_AGREEMENT,),
            target=State.ACTIVE,
            permission=Action.MANAGE_AGREEMENT,
            guards=(
                guards.signed_by_both,
                signed.copies_are_there,
                signed.every_firm_signed,
                guards.coordinator_in_office,
                guards.first_day_fits,
            ),
            effects=(
                effects.give_days,
                effects.copy_baseline,
                effects.plan_tranches,
                earned.open_line,
                emails.project_moved("activated"),
            ),
            needs=("first_day",),
            notes=("first_day",),
        ),
        Transition(
            name="start_closing",
            label=_("Begin to close"),
            sources=(State.ACTIVE,),
            target=State.CLOSING,
            permission=Action.MANAGE_PROJECT,
            effects=(emails.project_moved("closing"),),
        ),
        Transition(
            name="close",
            label=_("Close the project"),
            sources=(State.CLOSING,),
            target=State.CLOSED,
            permission=Action.MANAGE_PROJECT,
            guards=(
                guards.no_payment_under_way,
                salary.no_salary_unpaid,
                settling.no_open_expense,
                settling.balance_is_settled,
                settling.refunds_are_settled,
            ),
            effects=(settling.freeze, effects.end("close"), emails.project_moved("closed")),
            notes=("paid", "released", "due"),
        ),
        Transition(
            name="suspend",
            label=_("Suspend the project"),
            sources=(State.ACTIVE, State.CLOSING),
            target=effects.to_suspended,
            permission=Action.SUSPEND_PROJECT,
            guards=(needs_reason,),
            effects=(effects.pause, emails.project_moved("suspended")),
            needs=("reason",),
            notes=("resolution", "file_number"),
            style="outline-danger",
        ),
        Transition(
            name="resume",
            label=_("Resume the project"),
            sources=(State.SUSPENDED,),
            target=effects.to_state_before,
            permission=Action.MANAGE_PROJECT,
            guards=(needs_reason,),
            effects=(effects.shift_days, earned.keep_pause, emails.project_moved("resumed")),
            needs=("reason",),
            notes=("days", "last_day", "resolution", "file_number"),
        ),
        Transition(
            name="renounce",
            label=_("Renounce the project"),
            sources=(State.AWAITING_AGREEMENT, State.ACTIVE),
            target=State.TERMINATED,
            permission=Action.RENOUNCE_PROJECT,
            guards=(guards.no_payment_under_way, needs_reason),
            effects=(earned.count_last_days, effects.end("renounce"), emails.project_moved("renounced")),
            needs=("reason",),
            notes=("paid", "released"),
            style="outline-danger",
        ),
        Transition(
            name="lapse",
            label=_("Declare it lapsed"),
            sources=(State.AWAITING_AGREEMENT,),
            target=State.TERMINATED,
            permission=Action.TERMINATE_PROJECT,
            guards=(guards.not_signed_in_time, needs_reason),
            effects=(effects.end("lapse"), emails.project_moved("lapsed")),
            needs=("reason",),
            notes=("paid", "released"),
            style="outline-danger",
        ),
        Transition(
            name="terminate",
            label=_("Terminate the project"),
            sources=Project.OPEN,
            target=State.TERMINATED,
            permission=Action.TERMINATE_PROJECT,
            guards=(guards.no_payment_under_way, group_was_heard, needs_reason),
            effects=(earned.count_last_days, effects.end("terminate"), emails.project_moved("terminated")),
            needs=("reason",),
            notes=("paid", "released", "resolution", "file_number"),
            style="outline-danger",
        ),
    ],
)

DISBURSEMENT = Workflow(
    model=Disbursement,
    transitions=[
        Transition(
            name="order",
            label=_("Order the payment"),
            sources=("",),
            target=Payment.ORDERED,
            permission=Action.ORDER_PAYMENT,
            # They are asked about the tranche: there is no payment yet.
            guards=(
                guards.project_runs,
                guards.tranche_is_free,
                guards.payee_is_checked,
                signed.account_is_not_stopped,
                guards.verified_none_of_it,
                salary.accepted_none_of_it,
                salary.nothing_is_owed,
                guards.within_approved_amount,
                guards.conditions_are_met,
            ),
        ),
        Transition(
            name="confirm",
            label=_("Confirm that it was paid"),
            sources=(Payment.ORDERED,),
            target=Payment.PAID,
            permission=Action.CONFIRM_PAYMENT,
            guards=(
                guards.by_another,
                guards.paid_while_running,
                signed.paid_before_the_stop,
                guards.is_filled_in,
                guards.treasury_date_fits,
                guards.surety_still_covers,
                guards.treasury_order_is_new,
                guards.gross_is_what_was_ordered,
                guards.withheld_is_a_part,
                guards.net_is_the_rest,
            ),
            effects=(effects.say_which, effects.write_down_payment, emails.payment_moved("paid")),
            needs=("treasury_number", "treasury_date", "gross", "withheld", "net"),
            notes=(
                "tranche",
                "salary",
                "amount",
                "treasury_number",
                "treasury_date",
                "gross",
                "withheld",
                "net",
            ),
            style="success",
        ),
        Transition(
            name="fail",
            label=_("The payment failed"),
            sources=(Payment.ORDERED,),
            target=Payment.FAILED,
            permission=Action.CONFIRM_PAYMENT,
            guards=(needs_reason,),
            effects=(effects.say_which, effects.write_down_reason, emails.payment_moved("failed")),
            needs=("reason",),
            notes=("tranche", "salary", "amount"),
            style="outline-danger",
        ),
        Transition(
            name="cancel",
            label=_("Cancel the order"),
            sources=(Payment.ORDERED,),
            target=Payment.CANCELLED,
            permission=Action.ORDER_PAYMENT,
            guards=(needs_reason,),
            effects=(effects.say_which, effects.write_down_reason, emails.payment_moved("cancelled")),
            needs=("reason",),
            notes=("tranche", "salary", "amount"),
            style="outline-danger",
        ),
    ],
)

STATEMENT = Workflow(
    model=Statement,
    transitions=[
        Transition(
            name="submit",
            label=_("Hand in the statement"),
            sources=(Shown.OPEN,),
            target=Shown.SUBMITTED,
            permission=Action.SUBMIT_STATEMENT,
            guards=(
                proven.project_runs,
                proven.reports_for_the_group,
                proven.is_complete,
                proven.files_are_scanned,
            ),
            effects=(proof.hand_in, told.statement_submitted),
            notes=("number", "expenses", "programme", "group"),
            style="success",
        ),
        Transition(
            name="settle",
            label=_("The statement was settled"),
            sources=(Shown.SUBMITTED,),
            target=Shown.SETTLED,
            guards=(proven.all_judged,),
            effects=(proof.settle, proof.ask_for_pdf, told.statement_settled),
            notes=("number", "expenses", "programme", "group", "sha256"),
        ),
    ],
)

EXPENSE = Workflow(
    model=Expense,
    transitions=[
        Transition(
            name="query",
            label=_("Ask the group about it"),
            sources=(Cost.SUBMITTED,),
            target=Cost.QUERIED,
            permission=Action.VERIFY_EXPENSE,
            guards=(proven.project_runs, proven.says_what),
            effects=(proof.say_which, proof.write_remark, proof.judged, told.expense_queried),
            needs=("remark",),
            notes=("statement", "expense", "programme", "group"),
            style="secondary",
        ),
        Transition(
            name="answer",
            label=_("Answer and hand in again"),
            sources=(Cost.QUERIED,),
            target=Cost.SUBMITTED,
            permission=Action.EDIT_EXPENSE,
            guards=(
                proven.project_runs,
                proven.reports_for_the_group,
                proven.says_the_answer,
                proven.can_be_handed_in,
            ),
            effects=(proof.say_which, proof.write_answer, told.expense_answered),
            needs=("answer",),
            notes=("statement", "expense", "programme", "group"),
        ),
        Transition(
            name="verify",
            label=_("Verify it"),
            sources=(Cost.SUBMITTED,),
            target=Cost.VERIFIED,
            permission=Action.VERIFY_EXPENSE,
            guards=(proven.project_runs, proven.holds),
            effects=(proof.say_which, proof.judged),
            notes=("statement", "expense", "programme", "group"),
            style="success",
        ),
        Transition(
            name="reject",
            label=_("Reject it"),
            sources=(Cost.SUBMITTED, Cost.QUERIED),
            target=Cost.REJECTED,
            permission=Action.VERIFY_EXPENSE,
            guards=(proven.project_runs, proven.says_what),
            effects=(proof.say_which, proof.write_remark, proof.judged),
            needs=("remark",),
            notes=("statement", "expense", "programme", "group"),
            style="outline-danger",
        ),
    ],
)

SALARY = Workflow(
    model=SalaryMonth,
    transitions=[
        Transition(
            name="submit",
            label=_("Hand in invoice and note"),
            sources=(Month.ACCRUED, Month.RETURNED),
            target=Month.SUBMITTED,
            permission=Action.HAND_IN_SALARY,
            guards=(salary.project_runs, salary.is_ones_own, salary.invoice_fits),
            effects=(earned.say_which, earned.write_invoice, paid.submitted),
            needs=("invoice_number", "invoice_on", "invoice_amount", "note", "invoice"),
            notes=("number", "amount", "days"),
            style="success",
        ),
        Transition(
            name="return",
            label=_("Return it"),
            sources=(Month.SUBMITTED,),
            target=Month.RETURNED,
            permission=Action.ACCEPT_SALARY,
            guards=(salary.project_runs, salary.accepted_by_another, salary.says_what),
            effects=(earned.say_which, earned.write_remark, paid.moved("returned")),
            needs=("remark",),
            notes=("number", "amount"),
            style="outline-danger",
        ),
        Transition(
            name="accept",
            label=_("Accept it"),
            sources=(Month.SUBMITTED,),
            target=Month.ACCEPTED,
            permission=Action.ACCEPT_SALARY,
            guards=(
                salary.project_runs,
                salary.accepted_by_another,
                salary.days_stand,
                salary.is_scanned,
            ),
            effects=(earned.say_which, earned.open_payment, paid.moved("accepted")),
            notes=("number", "amount", "days"),
            style="success",
        ),
        Transition(
            name="void",
            label=_("Nobody earned it"),
            sources=(Month.ACCRUED, Month.RETURNED),
            target=Month.VOID,
            effects=(earned.say_which,),
            notes=("number", "amount"),
        ),
        Transition(
            name="lapse",
            label=_("Not handed in after the project's end"),
            sources=(Month.ACCRUED, Month.RETURNED),
            target=Month.VOID,
            effects=(earned.say_which, earned.give_back, paid.moved("lapsed")),
            notes=("number", "amount"),
        ),
    ],
)


def order_refusal(tranche, *, by, now) -> str:
    """Why a tranche cannot be ordered now, in a sentence; "" when it can."""
    for guard in DISBURSEMENT.by_name["order"].guards:
        if sentence := guard(tranche, by=by, now=now, data={}):
            return sentence
    return ""
