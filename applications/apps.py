"""The app of calls and applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, applications, reviews and decisions."""

    name = "applications"
    verbose_name = _("Applications")

    def ready(self) -> None:
        from applications import actions, duties, wording
        from core import dated, documents
        from core import duties as owed

        wording.register()
        documents.register(
            actions.DOCUMENT_KIND, can_read=actions.may_read_document, label=_("Document of an application")
        )
        owed.register("applications.drafts", duties.drafts)
        owed.register("applications.answers", duties.answers)
        owed.register("applications.reviews", duties.reviews)
        owed.register("applications.eligibility", duties.eligibility)
        owed.register("applications.decisions", duties.decisions)
        owed.register("applications.reconsiderations", duties.reconsiderations)
        dated.register("applications.lapse", actions.lapse_drafts)
        dated.register("applications.expire", actions.expire_answers)
