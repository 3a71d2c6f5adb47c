"""The pages of the call editor, as data: which columns and rows of a call each of them writes, and what they are called.

Labels stand here once: forms, the list of what is missing and the timeline say the same words.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import BudgetCategory


@dataclass(frozen=True)
class Page:
    """One small page of the editor. `rows` are the kinds of rows that it lists."""

    code: str
    label: Promise
    hint: Promise
    fields: tuple[str, ...]
    rows: tuple[str, ...] = ()


PAGES: tuple[Page, ...] = (
    Page(
        "texts",
        _("Title and text"),
        _("What people read first, in both languages."),
        ("title_en", "title_es", "text_en", "text_es"),
    ),
    Page(
        "dates",
        _("Dates and envelope"),
        _("When it opens, how applications come in, and the money that there is."),
        ("opens_at", "intake", "closes_at", "envelope"),
        ("cuts",),
    ),
    Page(
        "who",
        _("Who may apply"),
        _("The line of action, the firms, the place and the sector, and what has to be shown."),
        (
            "line",
            "min_firms",
            "others_admitted",
            "provinces",
            "min_group_months",
            "joint_work_proof",
            "needs_prior_support",
            "certificate_accepted",
            "confirmations",
            "quorum",
        ),
    ),
    Page(
        "money",
        _("How much"),
        _("The length, the highest amounts, the shares by category and the coordinator's salary."),
        (
            "months",
            "max_per_project",
            "max_per_firm",
            "max_share",
            "categories",
            "share_by_category",
            "salary_per_month",
            "salary_cap",
            "salary_waits_for_report",
        ),
    ),
    Page(
        "payment",
        _("How it is paid and proven"),
        _("Advance or reimbursement, the counterpart, VAT, quotes."),
        (
            "payment",
            "payee",
            "counterpart_kinds",
            "in_kind_cap",
            "reduced_counterpart",
            "vat_eligible",
            "expenses_from",
            "quotes_from",
            "quotes_needed",
            "cash_limit",
            "tolerance",
            "update_index",
            "update_base_month",
            "update_cap",
            "agreement_copies",
            "firms_sign",
        ),
    ),
    Page(
        "documents",
        _("Documents to attach"),
        _("What groups attach, and how many files of each."),
        (),
        ("documents",),
    ),
    Page(
        "questions",
        _("Questions and declarations"),
        _("What this call asks besides the usual."),
        (),
        ("questions",),
    ),
    Page(
        "checks",
        _("What an officer checks"),
        _("A checklist for eligibility, besides the rules that are checked by themselves."),
        (),
        ("checks",),
    ),
    Page(
        "reviews",
        _("How it is judged"),
        _("The criteria with their weight, how many reviews, what passes."),
        ("reviews_needed", "pass_mark", "max_spread", "spread_asks", "tie_rule"),
        ("criteria",),
    ),
    Page(
        "authority",
        _("Reconsideration"),
        _("Which authority decides when a group asks for reconsideration."),
        ("reconsidered_by",),
    ),
    Page(
        "reports",
        _("Reports and tranches"),
        _("How often projects report, and in which parts the money is paid."),
        (
            "report_every_months",
            "report_due_days",
            "final_report_due_days",
            "check_every_months",
            "check_years",
        ),
        ("tranches",),
    ),
    Page(
        "days",
        _("Days"),
        _("How many days each step has, and what is behind plan."),
        (
            "working_days",
            "days_to_check",
            "days_to_answer",
            "days_to_review",
            "days_to_decide",
            "days_to_reconsider",
            "days_to_sign",
            "days_to_appoint",
            "points_behind",
        ),
    ),
)
BY_CODE: dict[str, Page] = {page.code: page for page in PAGES}

LABELS: dict[str, Promise] = {
    "title_en": _("Title in English"),
    "title_es": _("Title in Spanish"),
    "text_en": _("Text in English"),
    "text_es": _("Text in Spanish"),
    "opens_at": _("Opens"),
    "intake": _("How applications come in"),
    "closes_at": _("Closes"),
    "envelope": _("Envelope of money"),
    "line": _("Line of action"),
    "min_firms": _("Smallest number of SMEs"),
    "others_admitted": _("Firms that are not SMEs may belong, at no cost to the programme"),
    "provinces": _("Provinces"),
    "sectors": _("Sectors"),
    "min_group_months": _("Smallest age of the group, in months"),
    "joint_work_proof": _("Asks for proof of joint work"),
    "needs_prior_support": _("Asks for earlier support by the State"),
    "certificate_accepted": _("A valid MiPyME certificate shows the size of a firm"),
    "confirmations": _("Which firms have to confirm"),
    "quorum": _("The part that has to confirm, %"),
    "months": _("Length of a project, in months"),
    "max_per_project": _("Highest amount per project"),
    "max_per_firm": _("Highest amount per firm"),
    "max_share": _("Highest share of the programme, %"),
    "categories": _("Categories of money"),
    "share_by_category": _("Highest share by category"),
    "salary_per_month": _("Coordinator's salary per month"),
    "salary_cap": _("Highest salary in the whole project"),
    "salary_waits_for_report": _("The salary waits while a report is late"),
    "payment": _("How it is paid"),
    "payee": _("Who is paid"),
    "counterpart_kinds": _("What counts as counterpart"),
    "in_kind_cap": _("Most of the counterpart in kind, %"),
    "reduced_counterpart": _("If less is approved than asked"),
    "vat_eligible": _("VAT counts as a cost"),
    "expenses_from": _("Expenses count from"),
    "quotes_from": _("Quotes are asked for from a cost of"),
    "quotes_needed": _("How many quotes"),
    "cash_limit": _("Most of a voucher that may be paid in cash"),
    "tolerance": _("Tolerance between budget lines, %"),
    "update_index": _("Index of prices that the amounts follow"),
    "update_base_month": _("Month of the prices in which groups plan"),
    "update_cap": _("Most that the amounts of a project rise by it, %"),
    "agreement_copies": _("Copies of the agreement signed on paper are kept before a project starts"),
    "firms_sign": _("Every firm signs the agreement, or a mandate, before a project starts"),
    "reviews_needed": _("Reviews of each application"),
    "pass_mark": _("Pass mark, in points of 100"),
    "max_spread": _("How far reviews may lie apart, in points"),
    "spread_asks": _("Where reviews lie too far apart"),
    "tie_rule": _("Equal scores: who comes first"),
    "reconsidered_by": _("Who decides on reconsiderations"),
    "report_every_months": _("A report every so many months"),
    "report_due_days": _("Days to send it after its period ends"),
    "final_report_due_days": _("Days to send the final report"),
    "check_every_months": _("Machines are looked at every so many months"),
    "check_years": _("For how many years machines are looked at"),
    "working_days": _("Which days count"),
    "days_to_check": _("To check eligibility"),
    "days_to_answer": _("To answer a return for changes"),
    "days_to_review": _("To write a review"),
    "days_to_decide": _("To decide"),
    "days_to_reconsider": _("To ask for reconsideration"),
    "days_to_sign": _("To sign the agreement"),
    "days_to_appoint": _("To appoint the coordinator"),
    "points_behind": _("Points behind plan from which a report gives a reason"),
    "documents": _("Document"),
    "questions": _("Question"),
    "checks": _("Check"),
    "criteria": _("Criterion"),
    "tranches": _("Tranche"),
    "cuts": _("Cut"),
}

# What a line of action sets for a new call; the rest are the defaults of the columns.
DEFAULTS: dict[str, dict] = {
    "partnership": {
        "months": 12,
        "categories": [
            BudgetCategory.INNOVATION,
            BudgetCategory.SOFT_TECHNOLOGY,
            BudgetCategory.COORDINATION,
        ],
        "max_share": 70,
    },
    "joint_investment": {
        "months": 12,
        "categories": [BudgetCategory.FIXED_INVESTMENT, BudgetCategory.INNOVATION],
        "max_share": 60,
        "needs_prior_support": True,
        "joint_work_proof": True,
    },
    "grant": {
        "months": 12,
        "categories": [
            BudgetCategory.FIXED_INVESTMENT,
            BudgetCategory.INNOVATION,
            BudgetCategory.SOFT_TECHNOLOGY,
        ],
        "max_share": 60,
        "min_group_months": 12,
        "joint_work_proof": True,
    },
}
