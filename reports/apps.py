"""The app of progress reports and results."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Progress reports, results, and the home page of each role."""

    name = "reports"
    verbose_name = _("Reports")
