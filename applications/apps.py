"""The app of calls and applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, applications, reviews and decisions."""

    name = "applications"
    verbose_name = _("Applications")

    def ready(self) -> None:
        from accounts.permissions import Action, holds
        from applications import (
            actions,
            attachments,
            bundle,
            duties,
            letter,
            pdf,
            reopened,
            verifying,
            wording,
        )
        from applications.office import duties as office_duties
        from applications.supporting import duties as supporting_duties
        from applications.supporting import wording as supporting_wording
        from core import dated, documents, jobs, navigation
        from core import duties as owed
        from groups import held

        wording.register()
        supporting_wording.register()
        documents.register(
            attachments.KIND,
            can_read=attachments.may_read,
            label=_("Document of an application"),
            infected=attachments.infected,
        )
        documents.register(bundle.KIND, can_read=attachments.may_read, label=_("Files of an application"))
        jobs.register(bundle.KIND, bundle.make, _("Files of an application"))
        dated.register("applications.bundles", bundle.sweep)
        held.register(reopened.why_group_held)
        owed.register("applications.supports", supporting_duties.supports)
        owed.register("applications.drafts", duties.drafts)
        owed.register("applications.answers", duties.answers)
        owed.register("applications.reviews", duties.reviews)
        owed.register("applications.eligibility", duties.eligibility)
        owed.register("applications.decisions", duties.decisions)
        owed.register("applications.reserves", duties.reserves)
        owed.register("applications.reconsiderations", duties.reconsiderations)
        owed.register("applications.conditions", duties.conditions_owed)
        verifying.register()
        owed.register("applications.messages", office_duties.messages)
        owed.name_kinds({**duties.KINDS, **office_duties.KINDS})
        dated.register("applications.lapse", actions.lapse_drafts)
        dated.register("applications.expire", actions.expire_answers)
        documents.register(letter.KIND, can_read=letter.can_read, label=_("Decision letter"))
        jobs.register(letter.KIND, letter.make, _("Decision letter"))
        pdf.register()
        navigation.register(_("Calls"), "call_list", order=10)
        navigation.register(
            _("Call desk"), "call_desk", shown=lambda user: holds(user, Action.EDIT_CALL), order=12
        )
        navigation.register(
            _("Applications"),
            "application_list",
            # Everybody but those who see nothing but the reviews that they were given.
            shown=lambda user: (
                user.is_authenticated
                and (
                    not user.is_staff_member
                    or holds(user, Action.VIEW_INTERNAL)
                    or holds(user, Action.EDIT_APPLICATION)
                )
            ),
            order=30,
        )
        navigation.register(
            _("Technical support"),
            "support_list",
            shown=lambda user: holds(user, Action.LOG_SESSION) or holds(user, Action.ASSIGN_ADVISER),
            order=32,
        )
        navigation.register(
            _("Reviews"), "review_list", shown=lambda user: holds(user, Action.DO_REVIEW), order=35
        )
