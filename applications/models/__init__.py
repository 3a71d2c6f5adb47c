"""Calls, applications, reviews and decisions."""

from applications.models.application import (
    Application,
    ApplicationDocument,
    FirmClaim,
    SectionMark,
    Submission,
    SubmissionMember,
)
from applications.models.call import (
    BudgetCategory,
    Call,
    CallCut,
    CallTranche,
    Criterion,
    DocumentRequirement,
    EnvelopeEntry,
    Line,
)
from applications.models.plan import Activity, BudgetLine, BudgetQuote
from applications.models.questions import Answer, Question
from applications.models.review import (
    Decision,
    DecisionLine,
    EligibilitySignOff,
    Recommendation,
    RecommendationLine,
    ReturnForChanges,
    Review,
    ReviewScore,
)
from applications.models.support import Suggestion, Support, SupportSession

__all__ = [
    "Activity",
    "Answer",
    "Application",
    "ApplicationDocument",
    "BudgetCategory",
    "BudgetLine",
    "BudgetQuote",
    "Call",
    "CallCut",
    "CallTranche",
    "Criterion",
    "Decision",
    "DecisionLine",
    "DocumentRequirement",
    "EligibilitySignOff",
    "EnvelopeEntry",
    "FirmClaim",
    "Line",
    "Question",
    "Recommendation",
    "RecommendationLine",
    "ReturnForChanges",
    "Review",
    "ReviewScore",
    "SectionMark",
    "Submission",
    "SubmissionMember",
    "Suggestion",
    "Support",
    "SupportSession",
]
