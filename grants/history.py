"""How the timeline of a project and of its money reads. Days and figures stand in the events' data."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import timeline
from core.models import Event
from core.money import format_money
from grants.models import SignedPaper


def opened(event: Event) -> str:
    return _(
        "The project was opened, with %(amount)s approved. The agreement is to be signed by %(day)s."
    ) % {
        "amount": money_in(event, "amount"),
        "day": timeline.day_in(event, "sign_by"),
    }


def activated(event: Event) -> str:
    return _("The project started; its first day is %(day)s.") % {"day": timeline.day_in(event, "first_day")}


def resumed(event: Event) -> str:
    return _("The project resumed; its dates moved by %(days)s days, and its last day is %(day)s now.") % {
        "days": event.data.get("days", 0),
        "day": timeline.day_in(event, "last_day"),
    }


def ended(words) -> Callable[[Event], str]:
    """The sentence of one way to end, with the money that was paid and the money that went back."""

    def sentence(event: Event) -> str:
        return _("%(what)s Paid: %(paid)s. Back to the call: %(released)s.") % {
            "what": words,
            "paid": money_in(event, "paid"),
            "released": money_in(event, "released"),
        }

    return sentence


def tranche_opened(event: Event) -> str:
    return _("Tranche %(number)s opened: %(amount)s can be paid.") % {
        "number": event.data.get("tranche"),
        "amount": money_in(event, "amount"),
    }


def salary_paid(event: Event) -> str:
    return _(
        "The salary of month %(number)s was paid: gross %(gross)s, withheld %(withheld)s, net %(net)s; Treasury order "
        "%(order)s of %(day)s."
    ) % {
        "number": event.data.get("salary"),
        "gross": money_in(event, "gross"),
        "withheld": money_in(event, "withheld"),
        "net": money_in(event, "net"),
        "order": event.data.get("treasury_number", ""),
        "day": timeline.day_in(event, "treasury_date"),
    }


def of_salary(words, otherwise: Callable[[Event], str]) -> Callable[[Event], str]:
    """The sentence of a payment: that of a salary names its month, any other its tranche."""

    def sentence(event: Event) -> str:
        if not event.data.get("salary"):
            return otherwise(event)
        return str(words) % {"number": event.data["salary"], "amount": money_in(event, "amount")}

    return sentence


def salary_month(words) -> Callable[[Event], str]:
    """A sentence with the month, the days in office and the amount of a salary."""
    return lambda event: (
        str(words)
        % {
            "number": event.data.get("number", "–"),
            "days": event.data.get("days", "–"),
            "amount": money_in(event, "amount"),
        }
    )


def paper(words) -> Callable[[Event], str]:
    """A sentence that says which signed paper, with its digest."""
    kinds = dict(SignedPaper.Kind.choices)
    return lambda event: (
        str(words)
        % {
            "what": kinds.get(str(event.data.get("kind")), "–"),
            "digest": str(event.data.get("sha256", ""))[:12],
        }
    )


def ordered(event: Event) -> str:
    return _("The payment of tranche %(number)s was ordered: %(amount)s.") % {
        "number": event.data.get("tranche"),
        "amount": money_in(event, "amount"),
    }


def paid(event: Event) -> str:
    return _(
        "Tranche %(number)s was paid: gross %(gross)s, withheld %(withheld)s, net %(net)s; Treasury order "
        "%(order)s of %(day)s."
    ) % {
        "number": event.data.get("tranche"),
        "gross": money_in(event, "gross"),
        "withheld": money_in(event, "withheld"),
        "net": money_in(event, "net"),
        "order": event.data.get("treasury_number", ""),
        "day": timeline.day_in(event, "treasury_date"),
    }


def failed(event: Event) -> str:
    return _("The payment of tranche %(number)s failed: %(amount)s.") % {
        "number": event.data.get("tranche"),
        "amount": money_in(event, "amount"),
    }


def cancelled(event: Event) -> str:
    return _("The order of tranche %(number)s was cancelled: %(amount)s.") % {
        "number": event.data.get("tranche"),
        "amount": money_in(event, "amount"),
    }


def numbered(words) -> Callable[[Event], str]:
    """A sentence that says which statement."""
    return lambda event: str(words) % {"number": event.data.get("number", "–")}


def imported(event: Event) -> str:
    return _("%(n)s expenses were brought into statement %(number)s from a table.") % {
        "n": event.data.get("expenses", "–"),
        "number": event.data.get("number", "–"),
    }


def statement_moved(words) -> Callable[[Event], str]:
    """A sentence with the sums of a statement."""
    return lambda event: (
        str(words)
        % {
            "number": event.data.get("number", "–"),
            "programme": money_in(event, "programme"),
            "group": money_in(event, "group"),
        }
    )


def expense_moved(words) -> Callable[[Event], str]:
    """A sentence with the shares of one expense."""
    return lambda event: (
        str(words)
        % {
            "number": event.data.get("statement", "–"),
            "programme": money_in(event, "programme"),
            "group": money_in(event, "group"),
        }
    )


def money_in(event: Event, key: str) -> str:
    return format_money(Decimal(event.data.get(key) or 0))


SENTENCES: dict[str, Any] = {
    "project.open_project": opened,
    "project.activate": activated,
    "project.taken_over": gettext_lazy("Taken over from the programme's earlier files."),
    "project.start_closing": gettext_lazy("The project began to close."),
    "project.close": ended(gettext_lazy("The project was closed.")),
    "project.suspend": gettext_lazy("The project was suspended."),
    "project.resume": resumed,
    "project.renounce": ended(gettext_lazy("The group renounced the project.")),
    "project.lapse": ended(gettext_lazy("The project lapsed: its agreement was not signed in time.")),
    "project.terminate": ended(gettext_lazy("The project was terminated.")),
    "agreement.group_signed": gettext_lazy("The agreement was signed for the group."),
    "agreement.state_signed": gettext_lazy("The agreement was signed for the State."),
    "payee.entered": gettext_lazy("The group said who is paid, and on which account."),
    "payee.checked": gettext_lazy("The payee and the account were checked."),
    "payee.refused": gettext_lazy("The payee was not accepted."),
    "tranche.open": tranche_opened,
    "disbursement.order": of_salary(
        gettext_lazy("The payment of the salary of month %(number)s was ordered: %(amount)s."), ordered
    ),
    "disbursement.confirm": lambda event: salary_paid(event) if event.data.get("salary") else paid(event),
    "disbursement.fail": of_salary(
        gettext_lazy("The payment of the salary of month %(number)s failed: %(amount)s."), failed
    ),
    "disbursement.cancel": of_salary(
        gettext_lazy("The order of the salary of month %(number)s was cancelled: %(amount)s."), cancelled
    ),
    "payee.own_entered": gettext_lazy("The coordinator said on which account the salary is paid."),
    "payee.stopped": gettext_lazy("Payments to the account were stopped."),
    "payee.released": gettext_lazy("Payments to the account may go on: it was checked."),
    "agreement.paper_added": paper(
        gettext_lazy("A signed paper was put on file: %(what)s, SHA-256 %(digest)s.")
    ),
    "agreement.paper_replaced": paper(
        gettext_lazy("A signed paper took the place of an earlier one: %(what)s, SHA-256 %(digest)s.")
    ),
    "salarymonth.count": salary_month(
        gettext_lazy("Month %(number)s of the salary was counted: %(days)s days in office, %(amount)s.")
    ),
    "salarymonth.submit": salary_month(
        gettext_lazy("Invoice and note of month %(number)s of the salary were handed in: %(amount)s.")
    ),
    "salarymonth.return": salary_month(
        gettext_lazy("Invoice and note of month %(number)s of the salary were returned.")
    ),
    "salarymonth.accept": salary_month(
        gettext_lazy("Month %(number)s of the salary was accepted: %(amount)s can be paid.")
    ),
    "salarymonth.void": salary_month(
        gettext_lazy("Month %(number)s of the salary was taken back: nobody earned it.")
    ),
    "salarymonth.lapse": salary_month(
        gettext_lazy(
            "Month %(number)s of the salary was not handed in after the project's end: %(amount)s go back to the call."
        )
    ),
    "statement.begin": numbered(gettext_lazy("Expense statement %(number)s was begun.")),
    "statement.submit": statement_moved(
        gettext_lazy(
            "Expense statement %(number)s was handed in: %(programme)s charged to the programme, %(group)s to the group."
        )
    ),
    "statement.settle": statement_moved(
        gettext_lazy(
            "Expense statement %(number)s was settled: %(programme)s count for the programme, %(group)s for the group."
        )
    ),
    "expense.edited": numbered(gettext_lazy("Expenses of statement %(number)s were written down.")),
    "expense.imported": imported,
    "expense.corrected": numbered(
        gettext_lazy("What was rejected was taken over into statement %(number)s, to be corrected.")
    ),
    "expense.removed": numbered(gettext_lazy("An expense was taken out of statement %(number)s.")),
    "expense.query": expense_moved(
        gettext_lazy("An expense of statement %(number)s was asked about: %(programme)s of the programme.")
    ),
    "expense.answer": expense_moved(
        gettext_lazy(
            "The group answered about an expense of statement %(number)s: %(programme)s of the programme."
        )
    ),
    "expense.verify": expense_moved(
        gettext_lazy(
            "An expense of statement %(number)s was verified: %(programme)s of the programme, %(group)s of the group."
        )
    ),
    "expense.reject": expense_moved(
        gettext_lazy("An expense of statement %(number)s was rejected: %(programme)s of the programme.")
    ),
    "expense.few_quotes": numbered(
        gettext_lazy(
            "The group said why an expense of statement %(number)s has fewer quotes than the call asks for."
        )
    ),
    "expense.few_quotes_accepted": gettext_lazy(
        "The programme accepted why an expense has fewer quotes than the call asks for."
    ),
    "expense.ground": gettext_lazy("An officer said why a supplier of the group's own stands."),
}


def register() -> None:
    """Put every event of this app into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
