"""What happens across the models of groups: keyword-only, `by=`, one transaction, on the timeline.

The catalogues of the admins are in groups.actions.catalogues.
"""

from groups.actions.asking import ask_to_join
from groups.actions.figures import (
    RowRefused,
    add_certificate,
    add_link,
    keep_certificate,
    remove_certificate,
    remove_link,
    why_not_figures,
    write_sales,
)
from groups.actions.members import (
    CuitRefused,
    add_firm,
    admit_firm,
    create_group,
    edit_firm,
    edit_group,
    leave,
    managed_firm,
    must_agree,
    why_not,
)
from groups.actions.partners import InstitutionRefused, add_partner, edit_partner, end_partner
from groups.actions.people import (
    end_place,
    hand_over,
    invite_person,
    nominate,
    replaced,
    revoke_invitation,
    stand_in_faults,
    why_not_nominate,
    why_not_stand_in,
)

__all__ = [
    "CuitRefused",
    "InstitutionRefused",
    "RowRefused",
    "add_certificate",
    "add_firm",
    "add_link",
    "add_partner",
    "admit_firm",
    "ask_to_join",
    "create_group",
    "edit_firm",
    "edit_group",
    "edit_partner",
    "end_partner",
    "end_place",
    "hand_over",
    "invite_person",
    "keep_certificate",
    "leave",
    "managed_firm",
    "must_agree",
    "nominate",
    "remove_certificate",
    "remove_link",
    "replaced",
    "revoke_invitation",
    "stand_in_faults",
    "why_not",
    "why_not_figures",
    "why_not_nominate",
    "why_not_stand_in",
    "write_sales",
]
