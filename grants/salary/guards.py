"""When a month of the salary may be handed in, accepted or paid: "" or the sentence that the person reads.

What holds a payment is only what the coordinator owes, never a delay of the office (PROGRAMME 10): later apps say what else
a coordinator may owe (HOLDS).
"""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _

from core import scanning
from core.dates import day_of
from core.money import format_money
from grants.models import Project, SalaryMonth, Tranche
from grants.querysets import PAYS_SALARY
from grants.salary import arithmetic as sums
from grants.salary import counting

# Called as hold(month, today): "" or what the coordinator owes (filled in AppConfig.ready).
HOLDS: list[Callable[[SalaryMonth, dt.date], str]] = []


def project_runs(month: SalaryMonth, *, by, now, data) -> str:
    """Nothing is handed in or judged while the project stands still. What was earned until it was terminated is still paid."""
    if month.project.status == Project.Status.SUSPENDED:
        return _("The project is suspended: its duties pause until it goes on.")
    return "" if month.project.status in PAYS_SALARY else _("The project has ended.")


def is_ones_own(month: SalaryMonth, *, by, now, data) -> str:
    """Invoice and note are of the person who earned it."""
    if by is not None and month.person_id != by.pk:
        return _("Only %(person)s hands this in.") % {"person": month.person}
    return ""


def invoice_fits(month: SalaryMonth, *, by, now, data) -> str:
    """The invoice is for what was earned, and of a day that has come."""
    if not data:
        return ""
    amount, issued = data.get("invoice_amount"), data.get("invoice_on")
    if amount is not None and amount != month.amount:
        return amount_refusal(month)
    if issued is not None and (issued > day_of(now) or issued < month.first_on):
        return day_refusal(month)
    return ""


def amount_refusal(month: SalaryMonth) -> str:
    return _("The invoice must be for what you earned: %(amount)s.") % {"amount": format_money(month.amount)}


def day_refusal(month: SalaryMonth) -> str:
    return _(
        "The invoice is of the month or later, and not of a day to come. The month began on %(day)s."
    ) % {"day": f"{month.first_on:%d/%m/%Y}"}


def days_stand(month: SalaryMonth, *, by, now, data) -> str:
    """The days in office are still those for which it was counted."""
    found = counting.months_of(month.project)
    counted = next((each for each in found if each.number == month.number), None)
    posts, rates = counting.posts_of(month.project), counting.rates_of(month.project.salary_line)
    earned = sums.earned(counted, posts, rates) if counted else []
    mine = next((each for each in earned if each.person == month.person_id), None)
    if mine is None or mine.days != month.days or mine.amount < month.amount:
        return _(
            "The days in office of this month have changed since: return it, so that it is counted anew."
        )
    return ""


def is_scanned(month: SalaryMonth, *, by, now, data) -> str:
    """Nobody accepts a file that the virus scanner, where there is one, has not passed."""
    invoices = [month.invoice] if month.invoice else []
    return scanning.why_not_sent(file for file in invoices if file.scan in scanning.NOT_PASSED)


def says_what(month: SalaryMonth, *, by, now, data) -> str:
    """A return without a word helps nobody."""
    return "" if not data or str(data.get("remark", "")).strip() else _("Say what to change.")


def accepted_by_another(month: SalaryMonth, *, by, now, data) -> str:
    """Nobody accepts their own salary (PROGRAMME 3)."""
    if by is not None and by.pk == month.person_id:
        return _("This is your own salary: an officer accepts it.")
    return ""


def why_no_account(project: Project) -> str:
    """Why nobody says any more on which account a salary is paid, in a sentence; "" when they can."""
    if project.is_open or (project.status in PAYS_SALARY and counting.outstanding(project)):
        return ""
    return _("The project has ended: nothing more is paid.")


# --- Paying it (the object is the tranche that it became) ----------------------------------------------


def accepted_none_of_it(tranche: Tranche, *, by, now, data) -> str:
    """Nobody orders a salary that they accepted (PROGRAMME 3)."""
    if by is not None and tranche.is_salary and tranche.salary.accepted_by_id == by.pk:
        return _("You accepted this month of the salary: another finance officer orders it.")
    return ""


def nothing_is_owed(tranche: Tranche, *, by, now, data) -> str:
    """A salary is held only for what the coordinator owes."""
    return why_held(tranche.salary, day_of(now)) if tranche.is_salary else ""


def why_held(month: SalaryMonth, today: dt.date) -> str:
    """What the coordinator owes that holds a payment, in a sentence; "" when nothing does."""
    return next((sentence for hold in HOLDS if (sentence := hold(month, today))), "")


# --- The project --------------------------------------------------------------------------------------


def no_salary_unpaid(project: Project, *, by, now, data) -> str:
    """A project closes when what was accepted of the salary is paid, what was handed in is judged, and what can still be handed
    in was."""
    if sentence := _month_is_not_over(project, day_of(now)):
        return sentence
    months = project.salary_months.all()
    owed = next((month for month in months if month.is_owed and month.due_on >= day_of(now)), None)
    if owed is not None:
        return _("%(person)s can still hand in month %(number)s of the salary until %(day)s.") % {
            "person": owed.person,
            "number": owed.number,
            "day": f"{owed.due_on:%d/%m/%Y}",
        }
    if any(month.status == SalaryMonth.Status.SUBMITTED for month in months):
        return _("A month of the coordinator's salary was handed in and waits to be accepted or returned.")
    paid = {payment.tranche_id for payment in project.payments() if payment.status == "paid"}
    if any(month.status == SalaryMonth.Status.ACCEPTED and month.tranche_id not in paid for month in months):
        return _("A month of the coordinator's salary was accepted and is not paid yet.")
    return ""


def _month_is_not_over(project: Project, today: dt.date) -> str:
    """A month in which somebody has earned already, and which is counted when it ends."""
    line = getattr(project, "salary_line", None)
    if line is None or not counting.left_of(line):
        return ""
    posts = counting.posts_of(project)
    for month in counting.months_of(project):
        began = (day for day in month.days if day <= today)
        if month.last >= today and any(sums.holder(posts, day) for day in began):
            return _(
                "Month %(number)s of the coordinator's salary is counted when it ends, on %(day)s: the project closes after it."
            ) % {"number": month.number, "day": f"{month.last:%d/%m/%Y}"}
    return ""
