"""Firms, what makes them SMEs, groups with their people and partners, and how a firm speaks for itself."""

from groups.models.firm import Firm, LegalForm, Sector
from groups.models.group import Appointment, Group, GroupPerson, Membership
from groups.models.institution import Institution, Partner
from groups.models.size import (
    Branch,
    Certificate,
    EconomicActivity,
    FirmYear,
    HeadcountCeiling,
    LinkedFirm,
    Size,
    SizeCeiling,
)
from groups.models.voice import CodedLink, FirmConfirmation, FirmLink, JoinRequest

__all__ = [
    "Appointment",
    "Branch",
    "Certificate",
    "CodedLink",
    "EconomicActivity",
    "Firm",
    "FirmConfirmation",
    "FirmLink",
    "FirmYear",
    "Group",
    "GroupPerson",
    "HeadcountCeiling",
    "Institution",
    "JoinRequest",
    "LegalForm",
    "LinkedFirm",
    "Membership",
    "Partner",
    "Sector",
    "Size",
    "SizeCeiling",
]
