"""When a project or a payment may move: each guard answers "" or the sentence that the person reads.

Pages ask with empty `data`, before their form is filled in; then what the form says is not judged yet.
"""

import datetime as dt

from django.utils.translation import gettext as _

from applications.models import Application
from core.dates import day_of
from core.money import ZERO, format_money
from grants import conditions
from grants.models import Disbursement, Expense, Project, Tranche
from grants.querysets import PAYS_SALARY

# A project starts soon after it was signed.
LONGEST_WAIT = dt.timedelta(days=90)

# --- The project -------------------------------------------------------------------------------


def signed_by_both(project: Project, *, by, now, data) -> str:
    """The agreement has both signatures."""
    if project.agreement.group_signed_at is None:
        return _("The group has yet to sign the agreement.")
    if project.agreement.state_signed_at is None:
        return _("The agreement has yet to be signed for the State.")
    return ""


def coordinator_in_office(project: Project, *, by, now, data) -> str:
    """Where the line asks for a coordinator, one is confirmed and in office when the project starts."""
    day = data.get("first_day") or day_of(now)
    if project.must_appoint and project.coordinator_on(day) is None:
        return _("The group has no confirmed coordinator in office on the first day yet.")
    return ""


def first_day_fits(project: Project, *, by, now, data) -> str:
    """The first day was given, and is neither before the signatures nor far away."""
    if not data:
        return ""
    signed_at = project.agreement.state_signed_at
    assert signed_at is not None  # signed_by_both is asked before
    first_day, signed = data.get("first_day"), day_of(signed_at)
    if first_day is None:
        return _("Give the first day of the project.")
    if first_day < signed:
        return _("The first day is not before the agreement was signed: %(day)s.") % {
            "day": f"{signed:%d/%m/%Y}"
        }
    latest = day_of(now) + LONGEST_WAIT
    if first_day > latest:
        return _("The first day is at most %(days)s days away: %(day)s.") % {
            "days": LONGEST_WAIT.days,
            "day": f"{latest:%d/%m/%Y}",
        }
    return ""


def no_payment_under_way(project: Project, *, by, now, data) -> str:
    """Nothing is ordered: only finance knows whether the Treasury has paid it meanwhile."""
    if any(payment.status == Disbursement.Status.ORDERED for payment in project.payments()):
        return _("A payment is ordered and under way. Finance first confirms it, or cancels it.")
    return ""


def not_signed_in_time(project: Project, *, by, now, data) -> str:
    """The day for signing is over, and a signature is missing."""
    if project.agreement.is_signed:
        return _("Both have signed the agreement: it has not lapsed.")
    if day_of(now) <= project.sign_by:
        return _("The agreement can still be signed until %(day)s.") % {"day": f"{project.sign_by:%d/%m/%Y}"}
    return ""


# --- Signing -----------------------------------------------------------------------------------


def name_is_own(user, name: str) -> str:
    """A signature is one's own name, however the letters' case and the spaces were typed."""
    if _plain(name) == _plain(user.full_name):
        return ""
    return _("Write your name as it stands in your account: %(name)s.") % {"name": user.full_name}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


# --- The application that it comes from ---------------------------------------------------------


def no_project(application: Application, *, by, now, data) -> str:
    """With a project, it is the project that the group renounces: what was paid of it is settled there."""
    project = Project.objects.filter(application=application).first()
    if project is None:
        return ""
    if project.is_open:
        return _("A project was opened from this application: renounce the project.")
    return _("The project of this application has ended.")


def no_running_project(application: Application, *, by, now, data) -> str:
    """A project ends before its approval is annulled."""
    if Project.objects.filter(application=application).exclude(status=Project.Status.TERMINATED).exists():
        return _("This application has a project. Terminate the project first.")
    return ""


def had_project(application: Application) -> bool:
    """Its end gave back what was not paid."""
    return Project.objects.filter(application=application).exists()


# --- Ordering a payment (the object is the tranche) --------------------------------------------


def project_runs(tranche: Tranche, *, by, now, data) -> str:
    """Nothing is paid to a project that is not running."""
    if tranche.project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: nothing is paid until it resumes.")
    if not tranche.project.is_running and not _earned_before_the_end(tranche):
        return _("Nothing is paid to a project in the state “%(state)s”.") % {
            "state": tranche.project.get_status_display()
        }
    return ""


def _earned_before_the_end(tranche: Tranche) -> bool:
    """A salary of a project that was terminated: what was earned is paid."""
    return tranche.is_salary and tranche.project.status in PAYS_SALARY


def tranche_is_free(tranche: Tranche, *, by, now, data) -> str:
    """Open, not cancelled, and neither ordered nor paid."""
    if tranche.cancelled_on:
        return _("This tranche was cancelled.")
    if tranche.opened_at is None:
        return _("This tranche is not open yet. It opens: %(condition)s.") % {"condition": tranche.condition}
    if tranche.state == Disbursement.Status.ORDERED:
        return _("This tranche is ordered already.")
    if tranche.state == Disbursement.Status.PAID:
        return _("This tranche is paid already.")
    return ""


def payee_is_checked(tranche: Tranche, *, by, now, data) -> str:
    """Money goes to an account that an officer has checked."""
    payee = tranche.payee
    if payee is None and tranche.is_salary:
        return _("%(person)s has not said yet on which account the salary is paid.") % {
            "person": tranche.salary.person
        }
    if payee is None:
        return _("The group has not said yet who is paid, and on which account.")
    if not payee.is_checked:
        return _("An officer has yet to check the payee and the account.")
    return ""


def verified_none_of_it(tranche: Tranche, *, by, now, data) -> str:
    """Nobody orders a payment of a project whose expenses they verified (PROGRAMME 3)."""
    if by and Expense.objects.of_project(tranche.project).verified().filter(checked_by=by).exists():
        return _("You verified expenses of this project: another finance officer orders its payments.")
    return ""


def within_approved_amount(tranche: Tranche, *, by, now, data) -> str:
    """Ordered and paid together are never above the approved amount (PROGRAMME 6.5)."""
    left = tranche.project.approved_amount - tranche.project.committed()
    if conditions.amount_to_order(tranche, conditions.Money.of(tranche.project)) > left:
        return _("Only %(left)s of the approved amount are left.") % {"left": format_money(max(left, ZERO))}
    return ""


def conditions_are_met(tranche: Tranche, *, by, now, data) -> str:
    """The proof of what was advanced, verified expenses to reimburse, a surety that covers it (PROGRAMME 10)."""
    waits = conditions.waits_for(tranche, conditions.Money.of(tranche.project), today=day_of(now))
    return waits[0] if waits else ""


# --- A payment that was ordered ----------------------------------------------------------------


def by_another(disbursement: Disbursement, *, by, now, data) -> str:
    """Nobody confirms what they ordered (PROGRAMME 3)."""
    if by is not None and disbursement.ordered_by_id == by.pk:
        return _("You ordered this payment: another finance officer confirms it.")
    return ""


def paid_while_running(disbursement: Disbursement, *, by, now, data) -> str:
    """While a project is suspended nothing is paid; what the Treasury paid before that can still be written down."""
    project = disbursement.project
    if project.is_running or _earned_before_the_end(disbursement.tranche):
        return _not_in_a_pause(project, data.get("treasury_date"))
    if project.status != Project.Status.SUSPENDED:
        return _("Nothing is paid to a project in the state “%(state)s”.") % {
            "state": project.get_status_display()
        }
    paid_on = data.get("treasury_date")
    if data and (paid_on is None or paid_on > project.suspended_on):
        return _(
            "The project is suspended since %(day)s: only what the Treasury paid until then can be confirmed."
        ) % {"day": f"{project.suspended_on:%d/%m/%Y}"}
    return ""


def _not_in_a_pause(project: Project, paid_on: dt.date | None) -> str:
    """Once it goes on: nothing was paid on the days on which it was suspended, but for the first one."""
    if paid_on is None:
        return ""
    begun = project.pauses.filter(first_day__lt=paid_on)
    pause = next((row for row in begun if paid_on <= row.last_day), None)
    if pause is None:
        return ""
    return _("From %(first)s to %(last)s the project was suspended: nothing is paid on these days.") % {
        "first": f"{pause.first_day:%d/%m/%Y}",
        "last": f"{pause.last_day:%d/%m/%Y}",
    }


def is_filled_in(disbursement: Disbursement, *, by, now, data) -> str:
    """Number, date and the three amounts are there."""
    asked = ("treasury_number", "treasury_date", "gross", "withheld", "net")
    if data and any(data.get(name) in (None, "") for name in asked):
        return _("Give the number and date of the Treasury's order, and the three amounts.")
    return ""


def treasury_date_fits(disbursement: Disbursement, *, by, now, data) -> str:
    """The Treasury paid between the order and today."""
    paid_on, ordered_on = data.get("treasury_date"), day_of(disbursement.ordered_at)
    if paid_on and paid_on > day_of(now):
        return _("The date of the Treasury's order is in the future.")
    if paid_on and paid_on < ordered_on:
        return _("The date of the Treasury's order is before the payment was ordered here: %(day)s.") % {
            "day": f"{ordered_on:%d/%m/%Y}"
        }
    return ""


def surety_still_covers(disbursement: Disbursement, *, by, now, data) -> str:
    """An advance that a surety covers is paid while it does (PROGRAMME 10)."""
    paid_on = data.get("treasury_date") or day_of(now)
    if not disbursement.tranche.needs_surety:
        return ""
    money = conditions.Money.of(disbursement.project)
    if money.exposed() <= money.cover_on(paid_on):
        return ""
    return _(
        "The sureties in force on %(day)s do not cover what was advanced and is not proven: %(amount)s."
    ) % {
        "day": f"{paid_on:%d/%m/%Y}",
        "amount": format_money(money.exposed()),
    }


def treasury_order_is_new(disbursement: Disbursement, *, by, now, data) -> str:
    """One order of the Treasury pays one tranche: its number counts within the year of its date."""
    number, paid_on = (data.get("treasury_number") or "").strip(), data.get("treasury_date")
    if number and paid_on:
        used = Disbursement.objects.filter(
            status="paid", treasury_number=number, treasury_date__year=paid_on.year
        )
        if used.exists():
            return treasury_order_used(paid_on.year)
    return ""


def treasury_order_used(year: int) -> str:
    return _("Another payment of %(year)s was confirmed with this number.") % {"year": year}


def gross_is_what_was_ordered(disbursement: Disbursement, *, by, now, data) -> str:
    """The Treasury pays what was ordered, before what it withholds."""
    gross = data.get("gross")
    if gross is not None and gross != disbursement.amount:
        return _("The gross amount must be what was ordered: %(amount)s.") % {
            "amount": format_money(disbursement.amount)
        }
    return ""


def withheld_is_a_part(disbursement: Disbursement, *, by, now, data) -> str:
    """Not more is withheld than there is."""
    gross, withheld = data.get("gross"), data.get("withheld")
    if withheld is None or gross is None or ZERO <= withheld <= gross:
        return ""
    return _("What was withheld cannot be more than the gross amount.")


def net_is_the_rest(disbursement: Disbursement, *, by, now, data) -> str:
    """Net is gross less what was withheld, to the cent."""
    gross, withheld, net = data.get("gross"), data.get("withheld"), data.get("net")
    if gross is None or withheld is None or net is None or net == gross - withheld:
        return ""
    return _("The net amount must be the gross amount less what was withheld: %(amount)s.") % {
        "amount": format_money(gross - withheld)
    }
