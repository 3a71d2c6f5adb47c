"""Forms about groups, their firms, their people and the coordinator: one module per subject."""

from groups.forms.catalogues import ActivityForm, FirstDayForm, NormForm
from groups.forms.coordinator import (
    STEPS,
    AcceptForm,
    ConfirmForm,
    DeclineForm,
    EndForm,
    NominationForm,
    ReasonForm,
    StandInForm,
    reason_field,
)
from groups.forms.evidence import CertificateForm, LinkForm
from groups.forms.firms import (
    AdmitForm,
    CuitField,
    CuitForm,
    EditFirmForm,
    FirmFilter,
    FirmForm,
    LeaveForm,
    NewFirmForm,
    place_field,
)
from groups.forms.groups import EARLIEST, GroupFilter, GroupForm
from groups.forms.partners import InstitutionSearch, NewInstitutionForm, PartnerForm
from groups.forms.people import InviteForm

__all__ = [
    "EARLIEST",
    "STEPS",
    "AcceptForm",
    "ActivityForm",
    "AdmitForm",
    "CertificateForm",
    "ConfirmForm",
    "CuitField",
    "CuitForm",
    "DeclineForm",
    "EditFirmForm",
    "EndForm",
    "FirmFilter",
    "FirmForm",
    "FirstDayForm",
    "GroupFilter",
    "GroupForm",
    "InstitutionSearch",
    "InviteForm",
    "LeaveForm",
    "LinkForm",
    "NewFirmForm",
    "NewInstitutionForm",
    "NominationForm",
    "NormForm",
    "PartnerForm",
    "ReasonForm",
    "StandInForm",
    "place_field",
    "reason_field",
]
