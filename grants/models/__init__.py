"""Projects, their agreements and baselines, and the money that is paid for them."""

from grants.models.amendments import ActivityVersion, Amendment, AmendmentFile, LineVersion, PlanVersion
from grants.models.expenses import CreditNote, Expense, ExpensePayment, Statement
from grants.models.money import Disbursement, Payee, Tranche
from grants.models.project import Agreement, BaselineActivity, BaselineLine, Project
from grants.models.visits import Visit, VisitAgreement, VisitPhoto

__all__ = [
    "ActivityVersion",
    "Agreement",
    "Amendment",
    "AmendmentFile",
    "BaselineActivity",
    "BaselineLine",
    "CreditNote",
    "Disbursement",
    "Expense",
    "ExpensePayment",
    "LineVersion",
    "Payee",
    "PlanVersion",
    "Project",
    "Statement",
    "Tranche",
    "Visit",
    "VisitAgreement",
    "VisitPhoto",
]
