"""The app of the mechanisms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Timeline, transitions, messages, duties, documents, jobs, PDF."""

    name = "core"

    def ready(self) -> None:
        from core import duties, navigation, outbox

        outbox.refresh("reminders", duties.still_owed)
        navigation.register(
            _("System"),
            "message_monitor",
            shown=lambda user: user.is_authenticated and user.may_operate,
            order=90,
        )
