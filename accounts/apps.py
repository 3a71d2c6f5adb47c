"""The app of people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, roles and the permission table."""

    name = "accounts"
    verbose_name = _("People")
