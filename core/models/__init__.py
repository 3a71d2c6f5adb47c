"""The rows behind core's mechanisms. No noun of the programme lives here."""

from core.models.case import AccessLog, Case, Event, EventText
from core.models.document import Document
from core.models.job import Job
from core.models.message import Message, ReminderStep
from core.models.reading import CaseSeen, SavedFilter
from core.models.upload import Upload

__all__ = [
    "AccessLog",
    "Case",
    "CaseSeen",
    "Document",
    "Event",
    "EventText",
    "Job",
    "Message",
    "ReminderStep",
    "SavedFilter",
    "Upload",
]
