"""Calls, applications, reviews and decisions."""

from applications.models.application import (
    Application,
    ApplicationDocument,
    FirmClaim,
    SectionMark,
    Submission,
    SubmissionMember,
)
from applications.models.call import BudgetCategory, Call, Line
from applications.models.call_rows import (
    CallCheck,
    CallCut,
    CallTranche,
    Criterion,
    DocumentRequirement,
    EnvelopeEntry,
    ReserveEnd,
)
from applications.models.notices import DecisionNotice
from applications.models.office import ApplicationWords, DeclaredRelation, ReviewerProfile, Snippet
from applications.models.plan import Activity, BudgetLine, BudgetQuote
from applications.models.prices import IndexFigure, PriceIndex
from applications.models.questions import Answer, Question
from applications.models.review import (
    Consensus,
    Decision,
    DecisionCondition,
    DecisionLine,
    EligibilitySignOff,
    Recommendation,
    RecommendationLine,
    ReturnForChanges,
    Review,
    ReviewScore,
)
from applications.models.salary import SalaryScale
from applications.models.support import Suggestion, Support, SupportSession

__all__ = [
    "Activity",
    "Answer",
    "Application",
    "ApplicationDocument",
    "ApplicationWords",
    "BudgetCategory",
    "BudgetLine",
    "BudgetQuote",
    "Call",
    "CallCheck",
    "CallCut",
    "CallTranche",
    "Consensus",
    "Criterion",
    "Decision",
    "DecisionCondition",
    "DecisionLine",
    "DecisionNotice",
    "DeclaredRelation",
    "DocumentRequirement",
    "EligibilitySignOff",
    "EnvelopeEntry",
    "FirmClaim",
    "IndexFigure",
    "Line",
    "PriceIndex",
    "Question",
    "Recommendation",
    "RecommendationLine",
    "ReserveEnd",
    "ReturnForChanges",
    "Review",
    "ReviewScore",
    "ReviewerProfile",
    "SalaryScale",
    "SectionMark",
    "Snippet",
    "Submission",
    "SubmissionMember",
    "Suggestion",
    "Support",
    "SupportSession",
]
