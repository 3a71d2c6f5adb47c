"""A return for changes, place by place: what an officer may point at in each section, and what was said of it."""

from applications.models import Application, ReturnForChanges
from applications.questions import field_name, of_section, questions_of
from applications.sections import SECTIONS

LONGEST = 1000


def places_of(application: Application) -> dict[str, dict[str, str]]:
    """What a note may point at, by section: {section: {name: label}}. A text or a question by the name of its field, an
    activity, a cost or a document by its id."""
    questions = questions_of(application.call)
    texts = Application.text_labels()
    if not application.call.needs_prior_support:
        texts.pop("prior_support")
    return {
        "project": texts,
        "plan": {f"activity{row.pk}": row.name for row in application.activities.all()},
        "budget": {f"line{row.pk}": row.description for row in application.lines.all()},
        "questions": {field_name(each): str(each) for each in of_section(questions, "questions")},
        "documents": {f"document{row.pk}": str(row) for row in application.call.requirements.all()},
        "declarations": {field_name(each): str(each) for each in of_section(questions, "declarations")},
    }


def cleaned(notes: object) -> dict[str, dict[str, str]]:
    """Notes by section and place without those that say nothing. Raises ValueError for what has not that shape."""
    if not isinstance(notes, dict) or not all(isinstance(each, dict) for each in notes.values()):
        raise ValueError("notes by section and place")
    found = {
        code: {name: str(text).strip() for name, text in each.items() if str(text).strip()}
        for code, each in notes.items()
    }
    return {code: each for code, each in found.items() if each}


def sections_named(returned: ReturnForChanges) -> list[str]:
    """The codes of the sections that an officer wrote about, in their order."""
    return [
        section.code
        for section in SECTIONS
        if returned.notes.get(section.code) or returned.field_notes.get(section.code)
    ]


def told(returned: ReturnForChanges, code: str, places: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """What was said of the places of a section: (label, note) each. A row that was taken out since has no name any more."""
    labels = places.get(code, {})
    return [(labels.get(name, ""), note) for name, note in returned.field_notes.get(code, {}).items()]
