"""The app of calls and applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Calls, applications, reviews and decisions."""

    name = "applications"
    verbose_name = _("Applications")

    def ready(self) -> None:
        from applications import pdf, reopened, verifying, wording
        from applications.supporting import wording as supporting_wording
        from groups import held

        wording.register()
        supporting_wording.register()
        pdf.register()
        verifying.register()
        held.register(reopened.why_group_held)
        self._register_files()
        self._register_dates()
        self._register_pages()

    @staticmethod
    def _register_files() -> None:
        """Who reads which kind of file, and which are made by a worker."""
        from applications import attachments, bundle, letter_paper, notices
        from core import documents, jobs

        documents.register(
            attachments.KIND,
            can_read=attachments.may_read,
            label=_("Document of an application"),
            infected=attachments.infected,
        )
        documents.register(bundle.KIND, can_read=attachments.may_read, label=_("Files of an application"))
        jobs.register(bundle.KIND, bundle.make, _("Files of an application"), page=bundle.page)
        letter_paper.register()
        notices.register()

    @staticmethod
    def _register_dates() -> None:
        """What is owed by a date, and what happens by itself when one comes."""
        from applications import actions, bundle, duties
        from applications.office import duties as office_duties
        from applications.office import in_review, tied
        from applications.supporting import duties as supporting_duties
        from core import dated
        from core import duties as owed

        owed.register("applications.supports", supporting_duties.supports)
        owed.register("applications.drafts", duties.drafts)
        owed.register("applications.answers", duties.answers)
        owed.register("applications.reviews", duties.reviews)
        owed.register("applications.eligibility", duties.eligibility)
        owed.register("applications.decisions", duties.decisions)
        owed.register("applications.reserves", duties.reserves)
        owed.register("applications.reconsiderations", duties.reconsiderations)
        owed.register("applications.conditions", duties.conditions_owed)
        owed.register("applications.messages", office_duties.messages)
        owed.register("applications.ties", tied.reviews)
        owed.register("applications.in_review", in_review.turns)
        owed.name_kinds({**duties.KINDS, **office_duties.KINDS, **tied.KINDS, **in_review.KINDS})
        dated.register("applications.bundles", bundle.sweep)
        dated.register("applications.lapse", actions.lapse_drafts)
        dated.register("applications.expire", actions.expire_answers)

    @staticmethod
    def _register_pages() -> None:
        """What stands in the navigation, and for whom."""
        from accounts.permissions import Action, holds
        from core import navigation

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
            _("Reviewers"), "reviewer_list", shown=lambda user: holds(user, Action.VIEW_REVIEWERS), order=34
        )
        navigation.register(
            _("Reviews"), "review_list", shown=lambda user: holds(user, Action.DO_REVIEW), order=35
        )
