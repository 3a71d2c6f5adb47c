"""What the people of a project, its officer and finance are told: one function per message.

Each is queued in the transaction of what it tells; the key makes a second time a no-op. From the start on messages go to
the coordinator, with copy to the representative (PROGRAMME 12).
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core import outbox
from core.dates import day_of
from core.money import format_money
from grants.models import Disbursement, Payee, Project, Tranche

if TYPE_CHECKING:
    import datetime as dt

    from django.utils.functional import Promise


def tell(
    people: Iterable[User], template: str, project: Project, *, key: str, now: "dt.datetime", **context: Any
) -> None:
    """One message each. Days and amounts are written alike in both languages, so they can be texts already."""
    shown = {
        "title": project.title,
        "group": project.group.name,
        "url": reverse("project_detail", args=[project.pk]),
        **context,
    }
    for person in people:
        outbox.queue(
            key=f"{key}.{person.pk}",
            to=person,
            template=template,
            now=now,
            case=project.case,
            context=shown,
        )


def officers_of(project: Project, now: "dt.datetime") -> list[User]:
    """Who opened the project, while they are an officer; else all officers."""
    officers = list(User.objects.with_role(Role.OFFICER, now))
    return [person for person in officers if person.pk == project.opened_by_id] or officers


def day_text(day: "dt.date | None") -> str:
    return f"{day:%d/%m/%Y}" if day else ""


# --- The project -------------------------------------------------------------------------------


def project_opened(project: Project, *, now: "dt.datetime") -> None:
    """To the group: sign, and name a coordinator, by these days."""
    tell(
        project.people_to_tell(day_of(now)),
        "project_opened",
        project,
        key=f"project.{project.pk}.opened",
        now=now,
        url=reverse("agreement", args=[project.pk]),
        amount=format_money(project.approved_amount),
        sign_by=day_text(project.sign_by),
        appoint_by=day_text(project.appoint_by) if project.must_appoint else "",
    )


def project_moved(what: str) -> Callable[..., None]:
    """An effect that tells the group, and for what the group did itself the officer, of a change of state."""

    def effect(project: Project, *, by, now, data) -> None:
        people = project.people_to_tell(day_of(now))
        if what == "renounced":
            people += officers_of(project, now)
        tell(
            people,
            f"project_{what}",
            project,
            key=f"project.{project.pk}.{what}.{project.version}",
            now=now,
            reason=str(data.get("reason", "")),
            first_day=day_text(project.first_day),
            last_day=day_text(project.last_day),
            days=data.get("days", 0),
            paid=format_money(data["paid"]) if data.get("paid") else "",
        )

    return effect


# --- The agreement -----------------------------------------------------------------------------


def agreement_signed_by_group(project: Project, *, now: "dt.datetime") -> None:
    """To the officer: the State's turn."""
    tell(
        officers_of(project, now),
        "agreement_signed_by_group",
        project,
        key=f"agreement.{project.pk}.group",
        now=now,
        url=reverse("agreement", args=[project.pk]),
        sign_by=day_text(project.sign_by),
    )


def agreement_signed_by_both(project: Project, *, now: "dt.datetime") -> None:
    """To the group: it is whole."""
    tell(
        project.people_to_tell(day_of(now)),
        "agreement_signed_by_both",
        project,
        key=f"agreement.{project.pk}.both",
        now=now,
        url=reverse("agreement", args=[project.pk]),
    )


# --- The money ---------------------------------------------------------------------------------


def payee_entered(payee: Payee, *, now: "dt.datetime") -> None:
    """To the officer: an account to check. To the group at once: whoever did not ask for it says so in time."""
    project = payee.project
    _tell_payees(payee, "payment_payee_changed", now=now, key="changed", who=payee.entered_by.full_name)
    tell(
        officers_of(project, now),
        "payment_payee_entered",
        project,
        key=f"payee.{payee.pk}.entered",
        now=now,
        url=reverse("salary_account" if payee.person_id else "payee", args=[project.pk]),
        payee=payee.name,
    )


def payee_stopped(payee: Payee, *, why: "str | Promise", text: str, now: "dt.datetime", key: int) -> None:
    """To the group, the officer and finance: nothing is paid to this account any more."""
    staff = [*officers_of(payee.project, now), *User.objects.with_role(Role.FINANCE, now)]
    _tell_payees(payee, "payment_payee_stopped", now=now, key=f"stop.{key}", others=staff, why=why, text=text)


def payee_released(payee: Payee, *, ground: str, now: "dt.datetime", key: int) -> None:
    """To the group, the officer and finance: payments may go there again."""
    staff = [*officers_of(payee.project, now), *User.objects.with_role(Role.FINANCE, now)]
    _tell_payees(payee, "payment_payee_released", now=now, key=f"lift.{key}", others=staff, ground=ground)


def payee_checked(payee: Payee, *, now: "dt.datetime") -> None:
    """To the representative and the coordinator: payments may go there."""
    _tell_payees(payee, "payment_payee_checked", now=now, key="checked")


def payee_refused(payee: Payee, *, reason: str, now: "dt.datetime") -> None:
    """To the group: enter another."""
    _tell_payees(payee, "payment_payee_refused", now=now, key="refused", reason=reason)


def _tell_payees(
    payee: Payee, template: str, *, now: "dt.datetime", key: str, others: Iterable[User] = (), **context: Any
) -> None:
    project = payee.project
    people = {person.pk: person for person in [*project.people_to_tell(day_of(now)), *others]}
    page = reverse("payee", args=[project.pk])
    if payee.person is not None:
        people[payee.person.pk] = payee.person
        page = reverse("salary_account", args=[project.pk])
    tell(
        people.values(),
        template,
        project,
        key=f"payee.{payee.pk}.{key}",
        now=now,
        url=page,
        payee=payee.name,
        account=payee.cbu[-4:],
        **context,
    )


def tranche_open(tranche: Tranche, *, amount: Decimal, now: "dt.datetime") -> None:
    """To finance: so much to order."""
    tell(
        User.objects.with_role(Role.FINANCE, now),
        "payment_tranche_open",
        tranche.project,
        key=f"tranche.{tranche.pk}.open",
        now=now,
        url=reverse("payment_list"),
        tranche=tranche.number,
        salary=tranche.salary.number if tranche.is_salary else 0,
        amount=format_money(amount),
    )


def payment_ordered(disbursement: Disbursement, *, now: "dt.datetime") -> None:
    """To the group: money is under way."""
    _tell_of_payment(disbursement, "ordered", now=now)


def payment_moved(what: str) -> Callable[..., None]:
    """An effect that tells the group, and who ordered it, what became of a payment."""

    def effect(disbursement: Disbursement, *, by, now, data) -> None:
        others = [disbursement.ordered_by] if by and disbursement.ordered_by_id != by.pk else []
        _tell_of_payment(disbursement, what, now=now, others=others)

    return effect


def _tell_of_payment(
    disbursement: Disbursement, what: str, *, now: "dt.datetime", others: Iterable[User] = ()
) -> None:
    project, tranche = disbursement.project, disbursement.tranche
    # Who earned a salary hears of it, also when they have left meanwhile.
    earners = [tranche.salary.person] if tranche.is_salary else []
    paid = {person.pk: person for person in [*project.people_to_tell(day_of(now)), *earners]}
    staff = {person.pk: person for person in others if person.pk not in paid}
    for people, is_paid in ((paid, True), (staff, False)):
        tell(
            people.values(),
            f"payment_{what}",
            project,
            key=f"disbursement.{disbursement.pk}.{what}",
            now=now,
            is_paid=is_paid,
            tranche=tranche.number,
            salary=tranche.salary.number if tranche.is_salary else 0,
            amount=format_money(disbursement.amount),
            payee=disbursement.payee.name,
            account=disbursement.payee.cbu[-4:],
            net=format_money(disbursement.net) if disbursement.net is not None else "",
            withheld=format_money(disbursement.withheld) if disbursement.withheld else "",
            treasury_number=disbursement.treasury_number,
            treasury_date=day_text(disbursement.treasury_date),
            reason=disbursement.reason,
        )
