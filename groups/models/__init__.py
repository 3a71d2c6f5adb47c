"""Firms, the ceilings that make them SMEs, groups, and the people of a group."""

from groups.models.firm import Branch, Firm, FirmYear, Sector, Size, SizeCeiling
from groups.models.group import Appointment, Group, GroupPerson, Membership

__all__ = [
    "Appointment",
    "Branch",
    "Firm",
    "FirmYear",
    "Group",
    "GroupPerson",
    "Membership",
    "Sector",
    "Size",
    "SizeCeiling",
]
