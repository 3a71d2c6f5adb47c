"""What a transition of a visit does besides. Effects run under the case's lock, before the visit is saved."""

from core import documents
from grants.models import Visit, VisitAgreement, VisitPhoto
from grants.visits.papers import PHOTO


def write_day(visit: Visit, *, by, now, data) -> None:
    data["was_on"], visit.on = visit.on, data["on"]


def say_day(visit: Visit, *, by, now, data) -> None:
    data["on"] = visit.on


def write_log(visit: Visit, *, by, now, data) -> None:
    """What was seen, who was met, the photographs, and what was agreed."""
    visit.on, visit.mode = data["on"], data.get("mode") or visit.mode
    visit.met, visit.seen = data["met"].strip(), data["seen"].strip()
    visit.logged_by, visit.logged_at = by, now
    for row in data.get("agreements") or ():
        VisitAgreement.objects.create(visit=visit, text=row["text"].strip(), due_on=row["due_on"])
    for upload in data.get("photos") or ():
        document = documents.store(
            case=visit.case, kind=PHOTO, owner_id=visit.pk, upload=upload, by=by, now=now
        )
        VisitPhoto.objects.create(visit=visit, document=document)
    data["mode"] = visit.mode
    data["agreed"] = len(data.get("agreements") or ())
