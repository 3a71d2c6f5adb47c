"""The app of the mechanisms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """Timeline, transitions, messages, duties, documents, jobs, PDF."""

    name = "core"

    def ready(self) -> None:
        from core import dated, duties, navigation, outbox, scanning, timeline, uploads

        outbox.refresh("reminders", duties.still_owed)
        dated.register("core.uploads", uploads.sweep)
        dated.register("core.infected", scanning.sweep)
        timeline.register(scanning.INFECTED, scanning.sentence)
        navigation.register(
            _("System"),
            "message_monitor",
            shown=lambda user: user.is_authenticated and user.may_operate,
            order=90,
        )
