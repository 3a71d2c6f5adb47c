"""What is told about letters beside the messages of the transitions: one function per message."""

import datetime as dt

from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core.dates import day_of
from grants.emails import day_text, officers_of, tell
from grants.models import ProjectLetter


def proposed(letter: ProjectLetter, *, now: dt.datetime) -> None:
    """To the group: why its project may be terminated, and until when it is heard."""
    project = letter.project
    tell(
        project.people_to_tell(day_of(now)),
        "letter_proposed",
        project,
        key=f"letter.{letter.pk}.hearing",
        now=now,
        url=reverse("project_letters", args=[project.pk]),
        grounds=letter.grounds,
        answer_by=day_text(letter.answer_by),
    )


def withdrawn(letter: ProjectLetter, *, now: dt.datetime) -> None:
    """To the group: its project is not to be terminated, and why."""
    project = letter.project
    tell(
        project.people_to_tell(day_of(now)),
        "letter_withdrawn",
        project,
        key=f"letter.{letter.pk}.withdrawal",
        now=now,
        url=reverse("project_letters", args=[project.pk]),
        grounds=letter.grounds,
    )


def answered(letter: ProjectLetter, *, now: dt.datetime) -> None:
    """To who proposed it, to the officer and to the authority, which decides now: the group answered."""
    project = letter.project
    approvers = [
        person
        for person in User.objects.with_role(Role.APPROVER, now)
        if Role.APPROVER in project.roles_of(person)
    ]
    people = {person.pk: person for person in [letter.signed_by, *officers_of(project, now), *approvers]}
    tell(
        people.values(),
        "letter_answered",
        project,
        key=f"letter.{letter.pk}.answered",
        now=now,
        url=reverse("project_letters", args=[project.pk]),
    )
