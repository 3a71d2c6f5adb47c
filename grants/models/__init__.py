"""Projects, their agreements and baselines, and the money that is paid for them."""

from grants.models.expenses import CreditNote, Expense, ExpensePayment, Statement
from grants.models.money import Disbursement, Payee, Tranche
from grants.models.project import Agreement, BaselineActivity, BaselineLine, Project
from grants.models.quotes import ExpenseQuote

__all__ = [
    "Agreement",
    "BaselineActivity",
    "BaselineLine",
    "CreditNote",
    "Disbursement",
    "Expense",
    "ExpensePayment",
    "ExpenseQuote",
    "Payee",
    "Project",
    "Statement",
    "Tranche",
]
