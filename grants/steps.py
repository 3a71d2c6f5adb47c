"""What is still to do before a project runs and is paid: the list on its page, with whose turn it is."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Action
from core.dates import day_of
from grants.agreements import guards
from grants.models import Payee, Project
from groups.models import Appointment
from groups.querysets import WAITING


@dataclass(frozen=True)
class Step:
    """One row of components/task_list.html; `url` "" where this person has nothing to do there."""

    label: str
    state: str
    state_label: str
    hint: str = ""
    url: str = ""


def steps_of(project: Project, payee: Payee | None, user, now) -> list[Step]:
    """What is to do now; nothing once the project runs and its payee is checked."""
    waits = project.status == Project.Status.AWAITING_AGREEMENT
    steps = [*_before_the_start(project, user, now)] if waits else []
    if project.is_open and user.can(Action.VIEW_PAYMENTS, project):
        account = _account(project, payee)
        if waits or account.state != "done":
            steps.append(account)
    return steps


def main_step(project: Project, payee: Payee | None, user) -> tuple[str, str] | None:
    """The one thing that waits for this person now: what, and where; None when nothing does."""
    agreement = project.agreement
    page, account = reverse("agreement", args=[project.pk]), reverse("payee", args=[project.pk])
    waits = project.status == Project.Status.AWAITING_AGREEMENT
    if waits and user.can(Action.SIGN_AGREEMENT, project) and not agreement.group_signed_at:
        return _("Read and sign the agreement"), page
    if waits and agreement.group_signed_at and user.can(Action.MANAGE_AGREEMENT, project):
        start = reverse("project_act", args=[project.pk, "activate"])
        return (_("Start the project"), start) if agreement.is_signed else (_("Sign for the State"), page)
    if project.is_open and payee is None and user.can(Action.SIGN_AGREEMENT, project):
        return _("Say who is paid"), account
    checks = payee is not None and not payee.is_checked and payee.entered_by_id != user.pk
    if project.is_open and checks and user.can(Action.MANAGE_AGREEMENT, project):
        return _("Check the account"), account
    return None


def count_in_words(steps: list[Step]) -> str:
    """`2 of 5 done`."""
    return _("%(done)d of %(all)d done") % {
        "done": sum(step.state == "done" for step in steps),
        "all": len(steps),
    }


def _before_the_start(project: Project, user, now) -> list[Step]:
    agreement, page = project.agreement, reverse("agreement", args=[project.pk])
    by = _("By %(day)s.") % {"day": f"{project.sign_by:%d/%m/%Y}"}
    group = _done(_("Signed")) if agreement.group_signed_at else _waits(_("To sign"))
    state = _done(_("Signed")) if agreement.state_signed_at else _waits(_("To sign"))
    found = [
        Step(_("The representative signs the agreement for the group"), *group, hint=by, url=page),
        Step(_("The programme officer signs for the State"), *state, hint=by, url=page),
    ]
    if project.must_appoint:
        found.insert(1, _coordinator(project, user, now))
    if project.call.agreement_copies or project.call.firms_sign:
        found.append(_papers(project, user, now, by))
    start = ""
    if user.can(Action.MANAGE_AGREEMENT, project):
        start = reverse("project_act", args=[project.pk, "activate"])
    found.append(Step(_("The programme officer starts the project"), *_waits(_("To start")), url=start))
    return found


def _papers(project: Project, user, now, by: str) -> Step:
    label, url = _("The signed papers are on file"), reverse("agreement_papers", args=[project.pk])
    asked = {"by": user, "now": now, "data": {}}
    lacking = guards.copies_are_there(project, **asked) or guards.every_firm_signed(project, **asked)
    state = _waits(_("To put on file")) if lacking else _done(_("On file"))
    return Step(label, *state, hint=lacking or by, url=url)


def _coordinator(project: Project, user, now) -> Step:
    label = _("The group names its coordinator, and the programme confirms")
    hint = _("By %(day)s.") % {"day": f"{project.appoint_by:%d/%m/%Y}"}
    url = reverse("group_detail", args=[project.group.pk])
    if project.coordinator_on(day_of(now)):
        return Step(label, *_done(_("Confirmed")), hint=hint, url=url)
    posts = [post for post in project.group.appointments.all() if not post.is_stand_in]
    waiting = next((post for post in posts if post.status in WAITING), None)
    if waiting is not None:
        url = reverse("appointment_detail", args=[waiting.pk])
        return Step(label, waiting.status, waiting.get_status_display(), hint=hint, url=url)
    later = next((post for post in posts if post.status == Appointment.Status.CONFIRMED), None)
    if later is not None:
        begins = _("Confirmed, from %(day)s") % {"day": f"{later.confirmed_from:%d/%m/%Y}"}
        return Step(label, "waiting", begins, hint=hint, url=url)
    if user.can(Action.NOMINATE_COORDINATOR, project):
        url = reverse("coordinator_nominate", args=[project.group.pk])
    return Step(label, *_waits(_("To name")), hint=hint, url=url)


def _account(project: Project, payee: Payee | None) -> Step:
    label = _("The group says who is paid, and an officer checks the account")
    url = reverse("payee", args=[project.pk])
    if payee is None:
        return Step(label, *_waits(_("To say")), hint=_("Nothing is paid before."), url=url)
    if not payee.is_checked:
        return Step(label, "submitted", _("To check"), hint=_("Nothing is paid before."), url=url)
    return Step(label, *_done(_("Checked")), url=url)


def _done(label: str) -> tuple[str, str]:
    return "done", label


def _waits(label: str) -> tuple[str, str]:
    return "waiting", label
