"""The roles, each described in plain words (PROGRAMME 3). What a role may do stands in permissions.py."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A part that a person plays, for one case or for the programme."""

    # In a group, or towards one of its projects.
    REPRESENTATIVE = "representative", _("Group representative")
    MEMBER = "member", _("Group member")
    VIEWER = "viewer", _("Group member who only reads")
    NOMINEE = "nominee", _("Person nominated as coordinator")
    COORDINATOR = "coordinator", _("Coordinator")
    # Of the programme: given by an admin, on the timeline.
    ADVISER = "adviser", _("Adviser")
    REVIEWER = "reviewer", _("Reviewer")
    OFFICER = "officer", _("Programme officer")
    APPROVER = "approver", _("Approver")
    FINANCE = "finance", _("Finance officer")
    ADMIN = "admin", _("Programme admin")
    AUDITOR = "auditor", _("Auditor")


DESCRIPTIONS: dict[Role, Promise] = {
    Role.REPRESENTATIVE: _(
        "Manages the group, its firms and its people; writes, submits and withdraws its applications; signs for it; "
        "nominates the coordinator."
    ),
    Role.MEMBER: _("Writes drafts together with the representative. Invited by the representative."),
    Role.VIEWER: _("Reads what the group does and changes nothing. Invited by the representative."),
    Role.NOMINEE: _(
        "Proposed by a group to coordinate its project; the person's answer or the programme's confirmation is awaited."
    ),
    Role.COORDINATOR: _(
        "Runs the project of one group: its reports and their evidence. Sees no other group."
    ),
    Role.ADVISER: _("Helps the groups assigned to them to write their plan, while it is a draft."),
    Role.REVIEWER: _("Sees only what is assigned to them; declares any interest first; scores."),
    Role.OFFICER: _(
        "Checks eligibility, assigns advisers and reviewers, returns applications for changes, recommends; looks after "
        "the agreement, the project and its reports."
    ),
    Role.APPROVER: _("The authority: decides on what an officer recommends."),
    Role.FINANCE: _("Orders payments, and confirms those that another finance officer ordered."),
    Role.ADMIN: _(
        "Keeps calls, people and their roles, and watches over the system. Decides on no application."
    ),
    Role.AUDITOR: _(
        "Reads everything of the cases they are given, for a limited time. Every access is logged."
    ),
}

STAFF = frozenset(
    {Role.ADVISER, Role.REVIEWER, Role.OFFICER, Role.APPROVER, Role.FINANCE, Role.ADMIN, Role.AUDITOR}
)
# A staff role that acts on every case; the other three only on what they were given.
ON_ALL_CASES = frozenset({Role.OFFICER, Role.APPROVER, Role.FINANCE, Role.ADMIN})
# They move public money: nobody has them before a second admin agreed.
NEED_SECOND_ADMIN = frozenset({Role.APPROVER, Role.FINANCE})
