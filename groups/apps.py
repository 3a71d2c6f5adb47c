"""The app of firms and their groups."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GroupsConfig(AppConfig):
    """Firms, groups, the people of a group and its coordinator."""

    name = "groups"
    verbose_name = _("Groups")
