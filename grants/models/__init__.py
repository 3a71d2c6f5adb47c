"""Projects, their agreements and baselines, and the money that is paid for them."""

from grants.models.agreement import PayeeStop, SignedPaper
from grants.models.expenses import CreditNote, Expense, ExpensePayment, Statement
from grants.models.money import Disbursement, Payee, Tranche
from grants.models.project import Agreement, BaselineActivity, BaselineLine, Project
from grants.models.salary import Pause, SalaryLine, SalaryMonth

__all__ = [
    "Agreement",
    "BaselineActivity",
    "BaselineLine",
    "CreditNote",
    "Disbursement",
    "Expense",
    "ExpensePayment",
    "Pause",
    "Payee",
    "PayeeStop",
    "Project",
    "SalaryLine",
    "SalaryMonth",
    "SignedPaper",
    "Statement",
    "Tranche",
]
