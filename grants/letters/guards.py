"""Who is heard before a project is terminated (PROGRAMME 5, terminate: grounds and notice)."""

import datetime as dt

from django.utils.translation import gettext as _

from core.dates import day_of
from grants.models import Project, ProjectLetter


def group_was_heard(project: Project, *, by, now, data) -> str:
    """The group knows the grounds, by a notification that is proven, and has answered or let its days pass. Before a
    project starts there is nothing to hear: nothing was paid."""
    if project.first_day is None:
        return ""
    asked = getattr(project, "has_proposal", True)
    letter = project.letters.proposals().with_case().with_answers().first() if asked else None
    if letter is None:
        return _("The group is heard first: propose the termination, with the grounds and days to answer.")
    return why_not_heard(letter, day_of(now))


def why_not_heard(letter: ProjectLetter, today: dt.date) -> str:
    """Why the group to which a proposal was sent has not been heard yet; "" once the authority may decide."""
    if letter.notice is None:
        return _("Write down how and when the group was notified of letter %(number)s, with the proof.") % {
            "number": letter.number
        }
    if letter.answered is None and letter.answer_by and today <= letter.answer_by:
        return _("The group may answer until %(day)s.") % {"day": f"{letter.answer_by:%d/%m/%Y}"}
    return ""
