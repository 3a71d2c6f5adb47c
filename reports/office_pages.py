"""The pages from which staff look after their work, as links of each other: the inbox, the officer's Monday list, covers,
figures."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Action
from reports.home_rows import Row


def links(user: User) -> list[Row]:
    """Those that this person may open; no query beyond their roles."""
    rows = [Row(_("Inbox"), reverse("inbox"))]
    if user.can(Action.CHECK_ELIGIBILITY):
        rows.append(Row(_("Monday list"), reverse("monday")))
    if user.can(Action.SET_COVER):
        rows.append(Row(_("Who stands in for whom"), reverse("cover_list")))
    if user.can(Action.VIEW_FIGURES):
        rows.append(Row(_("Staff figures"), reverse("staff_figures")))
    if user.can(Action.VIEW_REPORT):
        rows.append(Row(_("Certificates"), reverse("certificate_list")))
        rows.append(Row(_("Machines in joint use"), reverse("machine_list")))
    return rows
