"""The app of projects and their money."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    """Projects, agreements, tranches and payments."""

    name = "grants"
    verbose_name = _("Projects")

    def ready(self) -> None:
        from accounts.permissions import Action, holds
        from applications import related
        from applications.workflow import APPLICATION
        from core import documents, duties, jobs, navigation
        from grants import guards, history, pdf
        from grants.duties import KINDS, SOURCES
        from grants.expenses.papers import VOUCHER, may_read
        from grants.related import by_account

        navigation.register(_("Projects"), "project_list", shown=lambda user: user.is_authenticated, order=40)
        navigation.register(
            _("Payments"), "payment_list", shown=lambda user: holds(user, Action.VIEW_PAYMENTS), order=45
        )
        navigation.register(
            _("Expenses"), "statement_list", shown=lambda user: holds(user, Action.VERIFY_EXPENSE), order=46
        )
        history.register()
        related.register("account", by_account)
        documents.register(pdf.KIND, can_read=pdf.may_read, label=_("Agreement"))
        documents.register(VOUCHER, can_read=may_read, label=_("Voucher of an expense"))
        jobs.register(pdf.KIND, pdf.work, label=_("The agreement as PDF"))
        for name, source in SOURCES.items():
            duties.register(name, source)
        duties.name_kinds(KINDS)
        self._join_amendments_and_visits()
        # What a project spends, the application cannot give back behind its back.
        APPLICATION.add_guard("renounce", guards.no_project)
        APPLICATION.add_guard("annul", guards.no_running_project)

    def _join_amendments_and_visits(self) -> None:
        from accounts.permissions import Action, holds
        from core import documents, duties, navigation
        from grants.amendments import duties as asked
        from grants.amendments import effects, history, papers
        from grants.visits import duties as visits
        from grants.visits import history as visited
        from grants.visits import papers as photos
        from grants.workflow import PROJECT

        navigation.register(
            _("Amendments"), "amendment_list", shown=lambda user: holds(user, Action.VIEW_AMENDMENT), order=47
        )
        navigation.register(
            _("Visits"), "visit_list", shown=lambda user: holds(user, Action.LOG_VISIT), order=48
        )
        documents.register(papers.PAPER, can_read=papers.may_read, label=_("Paper of an amendment"))
        documents.register(photos.PHOTO, can_read=photos.may_read, label=_("Photograph of a visit"))
        for name, source in (asked.SOURCES | visits.SOURCES).items():
            duties.register(name, source)
        duties.name_kinds(asked.KINDS | visits.KINDS)
        history.register()
        visited.register()
        # What was asked of a project that ends has no object any more.
        for name in ("close", "renounce", "terminate"):
            PROJECT.add_effect(name, effects.void_open)
