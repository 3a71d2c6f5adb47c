"""Suggestions for a section, and edits of an adviser: who may, what is written, what is said, what is refused."""

import pytest
from django.db import DatabaseError, transaction

from accounts.roles import Role
from applications import actions, edits
from applications.models import Application, Suggestion
from applications.supporting import suggestions
from applications.supporting.workflow import SUPPORT
from core import timeline
from core.conflict import digest
from core.models import Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from tests.applications.staff_pages import get, post, problems, words
from tests.clock import NOON
from tests.factories_applications import OFFICE, draft, fill, return_for_changes, staff_member, submit
from tests.factories_groups import give_place, make_group
from tests.factories_support import support_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def application(adviser) -> Application:
    """A whole draft, whose group has its adviser."""
    application = fill(draft())
    support_at("active", group=application.group, adviser=adviser)
    return Application.objects.get(pk=application.pk)


def suggest(application, by, **fields) -> Suggestion:
    fields = {"section": "project", "comment": "Say it with figures.", **fields}
    return suggestions.suggest(by=by, application=application, now=NOON, **fields)


def wording(application, by) -> Suggestion:
    return suggest(application, by, field="objectives", proposed="To dry a third faster.")


def adopt(application, suggestion, by, was=None) -> Suggestion:
    was = digest(application.objectives) if was is None else was
    return suggestions.adopt(by=by, application=application, suggestion=suggestion, was=was, now=NOON)


def sentences(application, viewer) -> list[str]:
    return [row.sentence for row in timeline.rows(application.case, viewer)]


def told(template="support_news") -> list[tuple[str, str]]:
    rows = Message.objects.filter(template=template).order_by("pk")
    return [(row.recipient.email.split("@")[0], row.context["subject"]) for row in rows]


def test_a_wording_that_is_adopted_is_written_and_the_history_tells(application, adviser):
    group = application.group
    give_place(group, member := staff_member("member", Role.REVIEWER))
    Message.objects.all().delete()
    suggestion = wording(application, adviser)
    assert {reader for reader, _subject in told()} == {"representative", "member"}
    assert suggestions.waiting_of([application]) == {application.pk: 1}
    before = application.version
    adopt(application, suggestion, member)
    application.refresh_from_db()
    assert (application.objectives, application.version) == ("To dry a third faster.", before + 1)
    assert suggestions.waiting_of([application]) == {}
    assert told()[-1] == ("adviser", "A suggestion was adopted: The project")
    where = "The project (What you want to achieve)"
    assert sentences(application, group.representative)[:3] == [
        f"Suggestion of the adviser adopted: {where}",
        f"Changed: {where}",
        f"The adviser suggests something: {where}",
    ]
    event = application.case.events.get(action="application.edited", data__suggestion=suggestion.pk)
    # The group wrote it: who adopts answers for it.
    assert not edits.by_adviser(event)


def test_a_text_that_changed_meanwhile_is_not_overwritten(application, adviser):
    suggestion, was = wording(application, adviser), digest(application.objectives)
    representative = application.group.representative
    with actions.editing(application, by=representative, section="project", version=None, now=NOON) as fresh:
        fresh.objectives = "Something else."
    with pytest.raises(StaleObject, match="Compare again"):
        adopt(application, suggestion, representative, was)
    suggestion.refresh_from_db()
    application.refresh_from_db()
    assert (suggestion.adopted, application.objectives) == (None, "Something else.")
    # What is written in other texts and sections is in nobody's way.
    with actions.editing(application, by=representative, section="plan", version=None, now=NOON):
        pass
    assert adopt(application, suggestion, representative).adopted


def test_a_comment_is_adopted_or_dismissed_with_a_reason_and_nothing_is_written(application, adviser):
    representative = application.group.representative
    first, second = (suggest(application, adviser, section="plan") for _number in range(2))
    version = application.version
    adopt(application, first, representative)
    suggestions.dismiss(
        by=representative, application=application, suggestion=second, reason="We know.", now=NOON
    )
    assert Application.objects.get(pk=application.pk).version == version
    assert told()[-1] == ("adviser", "A suggestion was dismissed: The work plan")
    assert Message.objects.order_by("-pk")[0].context["reason"] == "We know."
    newest = timeline.rows(application.case, representative)[0]
    assert (newest.sentence, newest.details) == (
        "Suggestion of the adviser dismissed: The work plan", "We know.",
    )  # fmt: skip
    for answered, sentence in [(first, "adopted already"), (second, "dismissed already")]:
        with pytest.raises(TransitionRefused, match=sentence):
            suggestions.dismiss(by=representative, application=application, suggestion=answered, now=NOON)


def test_only_the_adviser_suggests_and_only_the_group_answers(application, adviser, stranger, viewer):
    give_place(application.group, viewer, Role.VIEWER)
    suggestion = wording(application, adviser)
    other, officer = staff_member("other", Role.ADVISER), OFFICE.officer
    for person in (application.group.representative, officer, other, stranger):
        with pytest.raises(NotAllowed):
            suggest(application, person)
    for person in (adviser, officer, viewer, stranger):
        with pytest.raises(NotAllowed):
            adopt(application, suggestion, person)
        with pytest.raises(NotAllowed):
            suggestions.dismiss(by=person, application=application, suggestion=suggestion, now=NOON)
    support = application.group.supports.get()
    SUPPORT.apply(support, "end", by=adviser, now=NOON, data={"reason": "It is written."})
    with pytest.raises(NotAllowed):
        suggest(Application.objects.get(pk=application.pk), adviser)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"field": "title"}, TransitionRefused),
        ({"proposed": "A title"}, TransitionRefused),
        ({"field": "title", "proposed": "x" * 201}, TransitionRefused),
        ({"field": "status", "proposed": "approved"}, ValueError),
        ({"section": "plan", "field": "title", "proposed": "A title"}, ValueError),
        ({"section": "nothing"}, ValueError),
    ],
)
def test_a_wording_fits_its_text(application, adviser, fields, error):
    with pytest.raises(error):
        suggest(application, adviser, **fields)
    assert not Suggestion.objects.exists()


def test_what_was_sent_takes_no_suggestions_and_what_was_returned_only_where_it_is_open(application, adviser):
    suggestion = wording(application, adviser)
    representative = application.group.representative
    sent = submit(application)
    with pytest.raises(TransitionRefused, match="cannot be changed any more"):
        suggest(sent, adviser)
    with pytest.raises(TransitionRefused, match="cannot be changed any more"):
        suggestions.dismiss(by=representative, application=sent, suggestion=suggestion, now=NOON)
    returned = return_for_changes(sent, ("plan",))
    assert suggest(returned, adviser, section="plan").pk
    with pytest.raises(TransitionRefused, match="was not returned"):
        adopt(returned, suggestion, representative)
    suggestion.refresh_from_db()
    assert suggestion.adopted is None


def test_an_answer_stands_in_the_database_too(application, adviser):
    suggestion = wording(application, adviser)
    with pytest.raises(DatabaseError), transaction.atomic():
        Suggestion.objects.filter(pk=suggestion.pk).update(adopted=True)
    adopt(application, suggestion, application.group.representative)
    with pytest.raises(DatabaseError), transaction.atomic():
        Suggestion.objects.filter(pk=suggestion.pk).update(adopted=False)


# --- Edits of the adviser ----------------------------------------------------------------------------


def test_what_an_adviser_writes_says_so_for_ever(application, adviser):
    representative = application.group.representative
    with actions.editing(application, by=adviser, section="plan", version=None, now=NOON):
        pass
    event = application.case.events.order_by("-sequence").first()
    assert (event.data["as"], edits.by_adviser(event)) == ("adviser", True)
    assert sentences(application, representative)[0] == "Changed: The work plan, by the adviser"
    page = words(get(representative, "application_section", application.pk, "plan"))
    assert "Last changed by Adviser, the adviser, on 10/03/2026" in page
    support = application.group.supports.get()
    SUPPORT.apply(support, "end", by=adviser, now=NOON, data={"reason": "It is written."})
    assert sentences(application, representative)[0] == "Changed: The work plan, by the adviser"
    with actions.editing(application, by=representative, section="plan", version=None, now=NOON):
        pass
    assert "as" not in application.case.events.order_by("-sequence").first().data
    page = words(get(representative, "application_section", application.pk, "plan"))
    assert "Last changed by Rosa Representante on" in page


# --- Pages -------------------------------------------------------------------------------------------


def test_an_adviser_suggests_and_the_group_adopts_on_the_pages(application, adviser):
    pk, representative = application.pk, application.group.representative
    page = get(adviser, "application_section", pk, "project")
    assert "Suggest a change" in page.text
    answer = post(
        adviser, "suggestion_add", pk, "project",
        comment="Say it with figures.", field="objectives", proposed="To dry a third faster.",
    )  # fmt: skip
    assert answer.status_code == 302
    suggestion = Suggestion.objects.get()
    case = words(get(representative, "application_detail", pk))
    assert "1 suggestion" in case
    section = get(representative, "application_section", pk, "project")
    assert "Say it with figures." in section.text
    assert "Suggest a change" not in section.text
    page = get(representative, "suggestion_detail", pk, suggestion.pk)
    assert "[put in:" in words(page)
    assert "<ins>" in page.text
    was = digest(application.objectives)
    stale = post(representative, "suggestion_detail", pk, suggestion.pk, act="adopt", was="0" * 16)
    assert stale.status_code == 409
    assert "Compare again" in problems(stale)
    done = post(representative, "suggestion_detail", pk, suggestion.pk, act="adopt", was=was)
    assert done.status_code == 302
    assert "1 suggestion was answered" in words(get(representative, "application_section", pk, "project"))
    assert "Adopted by Rosa Representante" in words(get(adviser, "suggestion_detail", pk, suggestion.pk))
    again = post(representative, "suggestion_detail", pk, suggestion.pk, act="dismiss")
    assert again.status_code == 409
    assert post(representative, "suggestion_detail", pk, suggestion.pk, act="dance").status_code == 404


def test_a_form_says_what_is_wrong_and_other_sections_have_no_texts(application, adviser):
    pk = application.pk
    for fields, sentence in [
        ({"comment": ""}, "Fill in “What you suggest”"),
        ({"comment": "x", "field": "title"}, "Write the wording"),
        ({"comment": "x", "proposed": "y"}, "Say for which text"),
        (
            {"comment": "x", "field": "title", "proposed": "y" * 201},
            "at most 200 characters; you propose 201",
        ),
        ({"comment": "x", "field": "status", "proposed": "approved"}, "Select a valid choice"),
    ]:
        page = post(adviser, "suggestion_add", pk, "project", **fields)
        assert page.status_code == 422
        assert sentence in problems(page), fields
    forged = post(adviser, "suggestion_add", pk, "plan", comment="x", field="title", proposed="y")
    assert forged.status_code == 302
    assert Suggestion.objects.get().field == ""
    assert get(adviser, "suggestion_add", pk, "questions").status_code == 404
    assert get(adviser, "suggestion_add", pk, "no-such").status_code == 404


def test_a_reviewer_reads_no_suggestions(application, adviser, reviewer1):
    from applications.workflow import REVIEW
    from tests.factories_applications import assign, sign

    suggestion = wording(application, adviser)
    sent = submit(application)
    sign(sent)
    review = assign(sent, reviewers=[reviewer1])[0]
    REVIEW.apply(review, "declare_interest", by=reviewer1, now=NOON, data={"no_interest": True})
    assert "Say it with figures." not in get(reviewer1, "application_section", sent.pk, "project").text
    assert get(reviewer1, "suggestion_detail", sent.pk, suggestion.pk).status_code == 403
    assert "Say it with figures." in get(OFFICE.officer, "application_section", sent.pk, "project").text


def test_a_suggestion_of_another_application_is_not_there(application, adviser):
    other = draft(group=make_group(name="Quesos"))
    theirs = suggest(application, adviser)
    page = post(other.group.representative, "suggestion_detail", other.pk, theirs.pk, act="adopt", was="")
    assert page.status_code == 404
