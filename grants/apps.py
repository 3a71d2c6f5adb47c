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
        from applications.effects import settled
        from applications.workflow import APPLICATION
        from core import dated, documents, duties, jobs, navigation
        from grants import guards, history, pdf, saving, standing_in
        from grants.agreements import actions as papers
        from grants.duties import KINDS, SOURCES
        from grants.expenses import duties as of_expenses
        from grants.expenses import pdf as statement_pdf
        from grants.expenses.papers import VOUCHER, may_read
        from grants.related import by_account
        from grants.salary import actions as salary
        from grants.salary.duties import KINDS as SALARY_KINDS
        from grants.salary.duties import SOURCES as SALARY_SOURCES
        from grants.salary.effects import office_changed
        from groups import mandates
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
        documents.register(statement_pdf.KIND, can_read=may_read, label=_("Expense statement"))
        jobs.register(statement_pdf.KIND, statement_pdf.work, label=_("The PDF of an expense statement"))
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
        dated.register("grants.salary_lapses", salary.lapse_months)
        dated.register("grants.saves", saving.forget)
        for name in ("confirm", "end", "dismiss"):
            APPOINTMENT.add_effect(name, office_changed)
        mandates.register(standing_in.days_outside)
        duties.name_kinds(SALARY_KINDS)
        for name, source in (SOURCES | SALARY_SOURCES | of_expenses.SOURCES).items():
            duties.register(name, source)
        duties.name_kinds({**KINDS, **of_expenses.KINDS})
        # What a project spends, the application cannot give back behind its back.
        APPLICATION.add_guard("renounce", guards.no_project)
        APPLICATION.add_guard("annul", guards.no_running_project)
        settled.append(guards.had_project)
        self._join_money()
        self._join_amendments_and_visits()
        self._join_letters()

    def _join_money(self) -> None:
        """The ledger, what is given back, sureties."""
        from accounts.permissions import Action, holds
        from core import documents, duties, jobs, navigation
        from grants import duties_of_money, history_of_money, sampling, settlement_pdf, tranches, verifying
        from grants.account.guards import account_is_matched
        from grants.refunds import papers
        from grants.sureties import actions as sureties
        from grants.workflow import PROJECT, STATEMENT

        navigation.register(
            _("Findings"), "finding_list", shown=lambda user: holds(user, Action.FOLLOW_MONEY), order=48
        )
        navigation.register(
            _("Samples"), "audit_sample", shown=lambda user: holds(user, Action.DRAW_SAMPLE), order=49
        )
        history_of_money.register()
        verifying.register()
        PROJECT.add_guard("close", account_is_matched)
        PROJECT.add_effect("close", settlement_pdf.ask)
        STATEMENT.add_effect("settle", tranches.told_when_settled)
        documents.register(settlement_pdf.KIND, can_read=settlement_pdf.may_read, label=_("Final settlement"))
        jobs.register(settlement_pdf.KIND, settlement_pdf.work, _("The final settlement as PDF"))
        documents.register(sampling.KIND, can_read=sampling.may_read, label=_("Sample of expenses"))
        jobs.register(
            sampling.KIND, sampling.make, _("A sample of expenses, with its files"), page=sampling.page
        )
        documents.register(papers.RECEIPT_FILE, can_read=papers.may_read, label=_("Receipt of a refund"))
        documents.register(sureties.POLICY_FILE, can_read=sureties.may_read, label=_("Policy of a surety"))
        for name, source in duties_of_money.SOURCES.items():
            duties.register(name, source)
        duties.name_kinds(duties_of_money.KINDS)

    def _join_amendments_and_visits(self) -> None:
        from accounts.permissions import Action, holds
        from core import documents, duties, navigation
        from grants.amendments import duties as asked
        from grants.amendments import effects, history, leaving, papers
        from grants.prices import duties as prices
        from grants.prices import history as updated
        from grants.visits import duties as visits
        from grants.visits import history as visited
        from grants.visits import papers as photos
        from grants.workflow import PROJECT
        from groups import leaving as left

        navigation.register(
            _("Amendments"), "amendment_list", shown=lambda user: holds(user, Action.VIEW_AMENDMENT), order=42
        )
        navigation.register(
            _("Visits"), "visit_list", shown=lambda user: holds(user, Action.LOG_VISIT), order=43
        )
        documents.register(papers.PAPER, can_read=papers.may_read, label=_("Paper of an amendment"))
        documents.register(photos.PHOTO, can_read=photos.may_read, label=_("Photograph of a visit"))
        navigation.register(
            _("Updates of prices"),
            "price_update_list",
            shown=lambda user: holds(user, Action.VIEW_PRICE_UPDATE),
            order=44,
        )
        for name, source in (asked.SOURCES | visits.SOURCES | prices.SOURCES).items():
            duties.register(name, source)
        duties.name_kinds(asked.KINDS | visits.KINDS | prices.KINDS)
        updated.register()
        history.register()
        visited.register()
        left.register(leaving.says, leaving.stop_payments)
        # What was asked of a project that ends has no object any more.
        for name in ("close", "renounce", "terminate"):
            PROJECT.add_effect(name, effects.void_open)

    def _join_letters(self) -> None:
        """What the authority tells a group; reports write the letters, once their dates have moved (reports.apps)."""
        from core import documents, duties, jobs
        from grants.letters import duties as owed
        from grants.letters import history, papers, pdf

        documents.register(
            pdf.KIND, can_read=pdf.may_read, label=_("Letter about a project"), overtaken=pdf.overtaken
        )
        documents.register(papers.PROOF, can_read=papers.may_read, label=_("Proof of a notification"))
        documents.register(papers.ANSWER, can_read=papers.may_read, label=_("Paper of the group's answer"))
        jobs.register(pdf.KIND, pdf.work, _("A letter about a project as PDF"))
        for name, source in owed.SOURCES.items():
            duties.register(name, source)
        duties.name_kinds(owed.KINDS)
        history.register()
