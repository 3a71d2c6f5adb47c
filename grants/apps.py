"""The app of projects and their money."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    """Projects, agreements, tranches and payments."""

    name = "grants"
    verbose_name = _("Projects")
