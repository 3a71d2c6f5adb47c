"""The app of calls and applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, applications, reviews and decisions."""

    name = "applications"
    verbose_name = _("Applications")
