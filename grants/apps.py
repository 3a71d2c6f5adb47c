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
        from core import dated, documents, duties, jobs, navigation
        from grants import guards, history, pdf
        from grants.agreements import actions as papers
        from grants.duties import KINDS, SOURCES
        from grants.expenses.papers import VOUCHER, may_read
        from grants.related import by_account
        from grants.salary import actions as salary
        from grants.salary.duties import KINDS as SALARY_KINDS
        from grants.salary.duties import SOURCES as SALARY_SOURCES
        from grants.salary.effects import office_changed
        from groups.workflow import APPOINTMENT

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
        navigation.register(
            _("Salaries"), "salary_list", shown=lambda user: holds(user, Action.ACCEPT_SALARY), order=47
        )
        documents.register(
            papers.PAPER, can_read=papers.may_read_paper, label=_("Signed paper of an agreement")
        )
        documents.register(
            salary.INVOICE, can_read=salary.may_read_invoice, label=_("Invoice of the coordinator")
        )
        dated.register("grants.salary_months", salary.count_months)
        for name in ("confirm", "end", "dismiss"):
            APPOINTMENT.add_effect(name, office_changed)
        duties.name_kinds(SALARY_KINDS)
        for name, source in (SOURCES | SALARY_SOURCES).items():
            duties.register(name, source)
        duties.name_kinds(KINDS)
        # What a project spends, the application cannot give back behind its back.
        APPLICATION.add_guard("renounce", guards.no_project)
        APPLICATION.add_guard("annul", guards.no_running_project)
