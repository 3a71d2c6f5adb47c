"""Calls, applications, reviews and decisions."""

from applications.models.application import (
    Activity,
    Application,
    ApplicationDocument,
    BudgetLine,
    FirmClaim,
    Submission,
    SubmissionMember,
)
from applications.models.call import (
    BudgetCategory,
    Call,
    CallTranche,
    Criterion,
    DocumentRequirement,
    EnvelopeEntry,
    Line,
)
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

__all__ = [
    "Activity",
    "Application",
    "ApplicationDocument",
    "BudgetCategory",
    "BudgetLine",
    "Call",
    "CallTranche",
    "Criterion",
    "Decision",
    "DecisionLine",
    "DocumentRequirement",
    "EligibilitySignOff",
    "EnvelopeEntry",
    "FirmClaim",
    "Line",
    "Recommendation",
    "RecommendationLine",
    "ReturnForChanges",
    "Review",
    "ReviewScore",
    "Submission",
    "SubmissionMember",
]
