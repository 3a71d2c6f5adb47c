"""Amendments (PROGRAMME 5): what the group asks to change, who decides, and the versions of the plan that follow."""
