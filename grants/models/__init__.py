"""Projects, their agreements and baselines, and the money that is paid for them."""

from grants.models.account import AccountLine
from grants.models.agreement import PayeeStop, SignedPaper
from grants.models.amendments import ActivityVersion, Amendment, AmendmentFile, LineVersion, PlanVersion
from grants.models.bank_lists import BankList, BankListItem
from grants.models.expenses import CreditNote, Expense, ExpensePayment
from grants.models.findings import Finding
from grants.models.ledger import LedgerEntry
from grants.models.letters import HearingAnswer, ProjectLetter, ProjectNotice
from grants.models.money import Disbursement, Payee, Tranche
from grants.models.price_updates import PriceUpdate, PriceUpdateRow
from grants.models.project import Agreement, BaselineActivity, BaselineLine, Project
from grants.models.quotes import ExpenseQuote, FewQuotes
from grants.models.refunds import Refund, RefundReceipt
from grants.models.salary import Pause, SalaryLine, SalaryMonth
from grants.models.saves import FormSave
from grants.models.settlements import FinalSettlement
from grants.models.statements import Statement
from grants.models.sureties import Surety
from grants.models.visits import Visit, VisitAgreement, VisitPhoto

__all__ = [
    "AccountLine",
    "ActivityVersion",
    "Agreement",
    "Amendment",
    "AmendmentFile",
    "BankList",
    "BankListItem",
    "BaselineActivity",
    "BaselineLine",
    "CreditNote",
    "Disbursement",
    "Expense",
    "ExpensePayment",
    "ExpenseQuote",
    "FewQuotes",
    "FinalSettlement",
    "Finding",
    "FormSave",
    "HearingAnswer",
    "LedgerEntry",
    "LineVersion",
    "Pause",
    "Payee",
    "PayeeStop",
    "PlanVersion",
    "PriceUpdate",
    "PriceUpdateRow",
    "Project",
    "ProjectLetter",
    "ProjectNotice",
    "Refund",
    "RefundReceipt",
    "SalaryLine",
    "SalaryMonth",
    "SignedPaper",
    "Statement",
    "Surety",
    "Tranche",
    "Visit",
    "VisitAgreement",
    "VisitPhoto",
]
