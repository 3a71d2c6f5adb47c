"""What happens across the models of groups: keyword-only, `by=`, one transaction, on the timeline."""

from groups.actions.members import (
    CuitRefused,
    add_firm,
    admit_firm,
    create_group,
    edit_firm,
    edit_group,
    leave,
    managed_firm,
    why_not,
)
from groups.actions.people import (
    end_place,
    hand_over,
    invite_person,
    nominate,
    revoke_invitation,
    why_not_nominate,
)

__all__ = [
    "CuitRefused",
    "add_firm",
    "admit_firm",
    "create_group",
    "edit_firm",
    "edit_group",
    "end_place",
    "hand_over",
    "invite_person",
    "leave",
    "managed_firm",
    "nominate",
    "revoke_invitation",
    "why_not",
    "why_not_nominate",
]
