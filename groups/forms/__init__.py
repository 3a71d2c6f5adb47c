"""Forms about groups, their firms, their people and the coordinator: one module per subject."""

from groups.forms.coordinator import (
    STEPS,
    AcceptForm,
    ConfirmForm,
    DeclineForm,
    EndForm,
    NominationForm,
    ReasonForm,
    reason_field,
)
from groups.forms.firms import (
    AdmitForm,
    CuitField,
    CuitForm,
    EditFirmForm,
    FirmForm,
    LeaveForm,
    NewFirmForm,
    place_field,
)
from groups.forms.groups import EARLIEST, GroupFilter, GroupForm
from groups.forms.people import InviteForm

__all__ = [
    "EARLIEST",
    "STEPS",
    "AcceptForm",
    "AdmitForm",
    "ConfirmForm",
    "CuitField",
    "CuitForm",
    "DeclineForm",
    "EditFirmForm",
    "EndForm",
    "FirmForm",
    "GroupFilter",
    "GroupForm",
    "InviteForm",
    "LeaveForm",
    "NewFirmForm",
    "NominationForm",
    "ReasonForm",
    "place_field",
    "reason_field",
]
