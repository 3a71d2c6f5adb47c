"""The forms of applications, for the group and for staff."""
