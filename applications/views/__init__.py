"""The pages of applications, for the group and for staff."""
