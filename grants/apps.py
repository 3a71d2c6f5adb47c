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
        from grants.expenses import duties as of_expenses
        from grants.expenses import guards as of_statements
        from grants.expenses import pdf as statement_pdf
        from grants.expenses.papers import VOUCHER, may_read
        from grants.related import by_account
        from grants.workflow import PROJECT

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
        documents.register(statement_pdf.KIND, can_read=may_read, label=_("Expense statement"))
        jobs.register(statement_pdf.KIND, statement_pdf.work, label=_("The PDF of an expense statement"))
        jobs.register(pdf.KIND, pdf.work, label=_("The agreement as PDF"))
        for name, source in {**SOURCES, **of_expenses.SOURCES}.items():
            duties.register(name, source)
        duties.name_kinds({**KINDS, **of_expenses.KINDS})
        # What a project spends, the application cannot give back behind its back.
        APPLICATION.add_guard("renounce", guards.no_project)
        APPLICATION.add_guard("annul", guards.no_running_project)
        # A project closes when each of its expenses was judged (PROGRAMME 5).
        PROJECT.add_guard("close", of_statements.no_open_expense)
