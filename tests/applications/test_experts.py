"""The pool of experts: what each says of themselves, the ties that they declare, what the office sees of them, and whom it
is advised to ask."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from applications import experts, judging, reviewers
from applications.models import Application, DeclaredRelation, Review, ReviewerProfile
from applications.office import charge, tied
from core import duties, outbox, timeline
from core.models import Event, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups.models import Sector
from tests.applications.staff_pages import browser, get, post, problems, words
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import DAY, OFFICE, application_at, assign, send_review, staff_member
from tests.factories_groups import give_place, make_firm, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = NOON.date()


def first() -> User:
    return OFFICE.reviewers[0]


def keep(person: User, *, by: User | None = None, version: int | None = None, **said) -> ReviewerProfile:
    """A profile, as somebody keeps it."""
    values = {"sectors": [], "provinces": [], "most_open": 5, "note": "", **said}
    return experts.save_profile(by=by or person, person=person, version=version, now=NOON, **values)


def answers(**typed) -> dict:
    """A profile as it is typed."""
    return {"most_open": "3", "version": 0, **typed}


def told(template: str = "reviewer_tied") -> list[str]:
    """Who heard of a tie."""
    found = Message.objects.filter(template=template).order_by("pk")
    return [email.split("@")[0] for email in found.values_list("recipient__email", flat=True)]


# --- The own profile -------------------------------------------------------------------------------------


def test_a_reviewer_keeps_what_they_know_and_how_much_they_take_on():
    person, sector = first(), Sector.objects.first()
    assert "You declared none." in get(person, "reviewer_profile").text
    assert reverse("reviewer_profile") in get(person, "review_list").text
    typed = answers(sectors=[sector.pk], provinces=["AR-X", "AR-A"], note=" Speaks Guaraní. ")
    assert post(person, "reviewer_profile", **typed).status_code == 302
    kept = person.reviewer_profile
    assert (kept.provinces, kept.most_open, kept.note) == (["AR-A", "AR-X"], 3, "Speaks Guaraní.")
    assert (list(kept.sectors.all()), kept.version) == ([sector], 1)
    event = Event.objects.get(action="reviewer.profile_edited")
    assert event.data == {"person": person.pk, "fields": ["most_open", "note", "provinces", "sectors"]}
    assert (event.case, event.actor) == (timeline.system_case(NOON), person)
    assert post(person, "reviewer_profile", **(typed | {"version": 1})).status_code == 302
    assert Event.objects.filter(action="reviewer.profile_edited").count() == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"most_open": ""},
        {"most_open": "-1"},
        {"most_open": "51"},
        {"most_open": "many"},
        {"sectors": ["0"]},
        {"sectors": ["x"]},
        {"provinces": ["AR-?"]},
        {"note": "x" * 501},
    ],
)
def test_nonsense_is_refused_at_its_field(typed):
    page = post(first(), "reviewer_profile", **answers(**typed))
    assert page.status_code == 422
    assert problems(page)
    assert not ReviewerProfile.objects.exists()


@pytest.mark.parametrize("version", [1, None, "x"])
def test_a_page_that_shows_another_version_is_refused(version):
    page = post(first(), "reviewer_profile", **answers(version=version))
    assert page.status_code == 409
    assert "Somebody changed this" in problems(page)
    # What was typed stands there still, with the version of now: pressing again writes over it on purpose.
    assert 'name="version" value="0"' in page.text
    assert 'value="3"' in page.text
    kept = keep(first())
    with pytest.raises(StaleObject):
        keep(first(), version=kept.version + 1)


def test_who_may_keep_a_profile_and_whose(stranger):
    officer, person = OFFICE.officer, first()
    keep(person, by=officer, note="Ask her about wood.")
    for by in (stranger, OFFICE.approver, OFFICE.admin, OFFICE.reviewers[1]):
        with pytest.raises(NotAllowed):
            keep(person, by=by)
    with pytest.raises(NotAllowed):
        keep(officer)
    with pytest.raises(TransitionRefused, match="is not a reviewer"):
        keep(stranger, by=officer)
    assert get(stranger, "reviewer_profile").status_code == 403
    assert post(officer, "reviewer_profile", **answers()).status_code == 403


# --- Ties ------------------------------------------------------------------------------------------------


def declare(person: User, to: str, typed: str, kind: str = "works"):
    field = "cuit" if to == "firm" else "name"
    return browser(person).post(reverse("reviewer_tie_add", args=[to]), {field: typed, "kind": kind})


def test_a_firm_is_named_only_once_the_tie_to_it_stands():
    person, firm = first(), make_firm(name="Aserradero Lejano SA")
    assert firm.name not in get(person, "reviewer_tie_add", "firm").text
    page = declare(person, "firm", firm.formatted_cuit, kind="")
    assert page.status_code == 422
    assert firm.name not in page.text
    assert not DeclaredRelation.objects.exists()
    client = browser(person)
    answer = client.post(
        reverse("reviewer_tie_add", args=["firm"]), {"cuit": firm.formatted_cuit, "kind": "owns"}, follow=True
    )
    assert "Declared: a tie to Aserradero Lejano SA." in answer.text
    tie = DeclaredRelation.objects.get()
    assert (tie.user, tie.firm, tie.group, tie.kind, tie.declared_at) == (person, firm, None, "owns", NOON)
    event = Event.objects.get(action="reviewer.tie_declared")
    assert (event.actor, event.object_id) == (person, tie.pk)
    again = declare(person, "firm", firm.cuit)
    assert again.status_code == 409
    assert "You declared this tie already." in problems(again)


@pytest.mark.parametrize("number", ["", "30", "30-12345678-0", "20-11111111-2", "abc"])
def test_a_number_of_nobody_names_nobody(number):
    page = declare(first(), "firm", number)
    assert page.status_code == 422
    assert not DeclaredRelation.objects.exists()


def test_a_group_is_found_by_its_whole_name_and_by_no_part_of_it():
    person, group = first(), make_group(name="Carpinterías del Río Dulce")
    for typed in ("Carpinterías", "Carpinterías del Río", "%", "", "x" * 201, "— —"):
        page = declare(person, "group", typed)
        assert page.status_code == 422, typed
        assert "Dulce" not in page.text
    assert declare(person, "group", "  carpinterias DEL rio dulce ").status_code == 302
    assert DeclaredRelation.objects.get().group == group


def test_a_group_is_found_by_the_reference_of_a_case_of_ones_own_and_of_no_other():
    application, person = application_at("in_review"), first()
    other = staff_member("reviewer3", Role.REVIEWER)
    assert declare(other, "group", application.reference).status_code == 422
    assert declare(person, "group", application.reference.lower()).status_code == 302
    assert DeclaredRelation.objects.get().group == application.group


def test_of_two_groups_of_one_name_none_is_guessed_and_that_of_a_test_is_none():
    make_group(name="Los Álamos", representative=make_person("one"))
    make_group(name="Los Alamos", representative=make_person("two"))
    page = declare(first(), "group", "Los Álamos")
    assert page.status_code == 422
    assert "More than one group has this name." in problems(page)
    of_a_test = make_group(name="Prueba", representative=make_person("three"))
    of_a_test.is_test = True
    of_a_test.save()
    assert declare(first(), "group", "Prueba").status_code == 422


def test_a_tie_has_a_kind_and_an_address_a_side():
    assert declare(first(), "firm", make_firm().cuit, kind="marries").status_code == 422
    with pytest.raises(TransitionRefused, match="Say which tie"):
        experts.declare_tie(by=first(), kind="marries", firm=make_firm(), now=NOON)
    assert browser(first()).get("/reviews/profile/ties/call/add/").status_code == 404


def test_a_tie_is_ones_own_to_declare_and_to_end(stranger):
    person, firm = first(), make_firm()
    for by in (stranger, OFFICE.officer):
        with pytest.raises(NotAllowed):
            experts.declare_tie(by=by, kind="works", firm=firm, now=NOON)
    tie, _number = experts.declare_tie(by=person, kind="works", firm=firm, now=NOON)
    assert post(OFFICE.reviewers[1], "reviewer_tie_end", tie.pk).status_code == 404
    assert post(OFFICE.officer, "reviewer_tie_end", tie.pk).status_code == 403
    assert get(person, "reviewer_tie_end", tie.pk).url == reverse("reviewer_profile")
    assert post(person, "reviewer_tie_end", tie.pk).status_code == 302
    tie.refresh_from_db()
    assert tie.ended_at == NOON
    assert post(person, "reviewer_tie_end", tie.pk).status_code == 409
    assert "1 tie that ended" in words(get(person, "reviewer_profile"))
    # One that ended may be declared again.
    assert declare(person, "firm", firm.cuit).status_code == 302
    assert Event.objects.filter(action="reviewer.tie_ended").count() == 1


# --- A tie that comes later --------------------------------------------------------------------------------


def in_review(officer: User | None = None) -> Application:
    """With an officer in charge, if one is named."""
    application = application_at("in_review")
    if officer:
        charge.put_in_charge(by=OFFICE.officer, application=application, officer=officer, now=NOON)
    return Application.objects.get(pk=application.pk)


def test_the_officer_in_charge_hears_of_a_tie_and_sees_it_where_reviewers_are_assigned():
    officer = staff_member("officer2", Role.OFFICER)
    application, person = in_review(officer), first()
    other = in_review()
    review = application.reviews.get(reviewer=person)
    send_review(review)
    firm = application.group.memberships.first().firm
    answer = browser(person).post(
        reverse("reviewer_tie_add", args=["firm"]), {"cuit": firm.cuit, "kind": "family"}, follow=True
    )
    assert "It touches 1 application that you were given to review: its officer was told." in words(answer)
    assert told() == ["officer2"]
    event = Event.objects.get(action="application.reviewer_tied")
    assert (event.case, event.object_id, event.actor) == (application.case, review.pk, person)
    said = "Declared a tie to a firm in this group. The review does not count: void it"
    assert said in words(get(OFFICE.officer, "reviews_assign", application.pk))
    assert said not in words(get(OFFICE.officer, "reviews_assign", other.pk))
    tie = DeclaredRelation.objects.get()
    assert post(person, "reviewer_tie_end", tie.pk).status_code == 302
    assert told() == ["officer2", "officer2"]
    first_letter, second_letter = map(
        outbox.letter_of, Message.objects.filter(template="reviewer_tied").order_by("pk")
    )
    assert first_letter.subject == f"{application.reference}: A reviewer is tied to the case"
    assert second_letter.subject == f"{application.reference}: A reviewer's tie has ended"
    for letter in (first_letter, second_letter):
        for text in (letter.body, letter.alternatives[0].content):
            assert reverse("reviews_assign", args=[application.pk]) in text
            assert "Reviewer1" in text
            # Which firm it is, is read on the site.
            assert firm.name not in text
            assert "{" not in text.partition("</style>")[2]
    assert Event.objects.filter(action="application.reviewer_tie_ended", case=application.case).count() == 1
    assert said not in words(get(OFFICE.officer, "reviews_assign", application.pk))


def test_without_an_officer_in_charge_every_officer_hears_but_not_of_what_is_over():
    staff_member("officer2", Role.OFFICER)
    application = in_review()
    ended = application_at("rejected", group=application.group, call=None)
    assert ended.group == application.group
    experts.declare_tie(by=first(), kind="works", group=application.group, now=NOON)
    assert sorted(told()) == ["officer", "officer2"]
    assert Event.objects.filter(action="application.reviewer_tied").count() == 1


def test_the_group_reads_nothing_of_it():
    application = in_review()
    experts.declare_tie(by=first(), kind="works", group=application.group, now=NOON)
    shown = [row.sentence for row in timeline.rows(application.case, application.group.representative)]
    assert not any("reviewer" in sentence.lower() for sentence in shown)
    assert any("declared a tie" in row.sentence for row in timeline.rows(application.case, OFFICE.officer))


def owed(user: User | None = None, today: dt.date = TODAY) -> list[tuple[int, dt.date, dt.date | None]]:
    found = tied.reviews(today=today, user=user)
    return [(each.user_id, each.due_on, each.since) for each in found]


def joins(application: Application, person: User) -> None:
    give_place(application.group, person)


def declares(application: Application, person: User) -> None:
    experts.declare_tie(by=person, kind="works", group=application.group, now=NOON)


@pytest.mark.parametrize("how", [joins, declares])
def test_the_officer_owes_another_reviewer(how: Callable, django_assert_num_queries):
    officer = staff_member("officer2", Role.OFFICER)
    application, person = in_review(officer), first()
    with django_assert_num_queries(1):
        assert owed() == []
    how(application, person)
    ((who, due_on, since),) = owed()
    assert who == officer.pk
    assert due_on > since
    assert owed(OFFICE.officer) == owed(person) == []
    assert [each.kind for each in duties.of(officer, TODAY)].count("review.tied") == 1
    with django_assert_num_queries(3):
        owed()
    # Who is no officer costs nothing beyond their roles, which every page reads.
    approver = OFFICE.approver
    assert approver.staff_roles(NOON)
    with django_assert_num_queries(0):
        owed(approver)
    review = application.reviews.get(reviewer=person)
    assert post(
        OFFICE.officer,
        "reviews_assign",
        application.pk,
        act="void",
        review=review.pk,
        version=review.version,
        **{f"void{review.pk}-reason": "A tie."},
    )
    assert owed() == []


def test_the_duty_keeps_within_the_days_that_are_asked_for():
    application = in_review()
    declares(application, first())
    ((_who, due_on, _since),) = owed()
    asked = {"today": TODAY}
    assert list(tied.reviews(**asked, due_from=due_on, due_to=due_on))
    assert not list(tied.reviews(**asked, due_from=due_on + DAY))
    assert not list(tied.reviews(**asked, due_to=due_on - DAY))


# --- The pool --------------------------------------------------------------------------------------------


def test_the_office_sees_who_knows_what_and_has_room():
    one, two = OFFICE.reviewers
    wood, other = Sector.objects.all()[:2]
    keep(one, sectors=[wood], provinces=["AR-N"], most_open=1, note="Retired.")
    application = application_at("in_review")
    send_review(application.reviews.get(reviewer=two))
    page = get(OFFICE.officer, "reviewer_list")
    assert words(page).index("Reviewer1") < words(page).index("Reviewer2")
    assert str(wood) in page.text
    found = {person.email: person for person in reviewers.pool(NOON + 60 * DAY)}
    figures = [(each.to_write, each.late, each.sent_lately, each.most_open) for each in found.values()]
    assert figures == [(1, 1, 0, 1), (0, 0, 1, 5)]
    assert next(iter(reviewers.pool(NOON + 400 * DAY).filter(pk=two.pk))).sent_lately == 0
    for query, names in (
        ({"sector": wood.pk}, ["Reviewer1"]),
        ({"sector": other.pk}, []),
        ({"province": "AR-N"}, ["Reviewer1"]),
        ({"room": "yes"}, ["Reviewer2"]),
        ({"q": "reviewer2@"}, ["Reviewer2"]),
    ):
        text = words(get(OFFICE.admin, "reviewer_list", **query))
        assert [name for name in ("Reviewer1", "Reviewer2") if name in text] == names, query
    assert "No reviewer matches." in get(OFFICE.officer, "reviewer_list", sector=other.pk).text
    for wrong in ({"sector": "x"}, {"province": "AR-?"}, {"room": "no"}):
        assert get(OFFICE.officer, "reviewer_list", **wrong).status_code == 422


def test_before_anybody_reviews_it_says_so():
    assert "Nobody reviews for the programme yet" in get(OFFICE.officer, "reviewer_list").text


def test_the_pool_costs_the_same_with_1_and_with_30():
    client, url = browser(OFFICE.officer), reverse("reviewer_list")

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    def more(number: int) -> None:
        keep(staff_member(f"more{number}", Role.REVIEWER), sectors=list(Sector.objects.all()[:2]))

    more(0)
    client.get(url)
    # The session, the person, their roles, the bell; the sectors of the filter, how many, the rows, their sectors.
    assert count() == 8
    for number in range(1, 30):
        more(number)
    assert count() == 8
    assert client.get(url, {"page": "2"}).text.count("/reviewers/") > 3
    assert client.get(url, {"page": "no"}).status_code == 200


def test_one_expert_with_what_they_have_to_do_and_their_ties():
    person, application = first(), application_at("in_review")
    firm = make_firm(name="Aserradero Lejano SA")
    experts.declare_tie(by=person, kind="owns", firm=firm, now=NOON)
    keep(person, note="Retired <b>judge</b>.")
    page = get(OFFICE.officer, "reviewer_detail", person.pk)
    for part in ("Aserradero Lejano SA", "Owns it, or a part of it", application.reference):
        assert part in words(page)
    assert "Retired &lt;b&gt;judge" in page.text
    # An admin sees the load, and no review.
    page = get(OFFICE.admin, "reviewer_detail", person.pk)
    assert page.status_code == 200
    assert application.reference not in page.text
    assert reverse("reviewer_edit", args=[person.pk]) not in page.text
    assert get(OFFICE.officer, "reviewer_detail", OFFICE.approver.pk).status_code == 404
    assert get(OFFICE.officer, "reviewer_detail", 0).status_code == 404


def test_an_officer_of_the_group_does_not_read_who_reviews_it():
    application, officer = application_at("in_review"), staff_member("officer2", Role.OFFICER)
    give_place(application.group, officer)
    assert application.reference not in get(officer, "reviewer_detail", first().pk).text


def test_an_officer_writes_what_they_know_of_an_expert():
    person = first()
    assert post(OFFICE.officer, "reviewer_edit", person.pk, **answers(note="Likes forms.")).status_code == 302
    assert person.reviewer_profile.note == "Likes forms."
    assert Event.objects.get(action="reviewer.profile_edited").actor == OFFICE.officer
    assert post(OFFICE.officer, "reviewer_edit", person.pk, **answers()).status_code == 409
    assert post(OFFICE.officer, "reviewer_edit", person.pk, version=1).status_code == 422
    assert post(OFFICE.admin, "reviewer_edit", person.pk, **answers(version=1)).status_code == 403
    assert get(OFFICE.officer, "reviewer_edit", OFFICE.approver.pk).status_code == 404


# --- Whom to ask ------------------------------------------------------------------------------------------


def test_the_suggested_are_chosen_already_and_say_why():
    one, two = OFFICE.reviewers
    third, fourth = staff_member("reviewer3", Role.REVIEWER), staff_member("reviewer4", Role.REVIEWER)
    application = application_at("submitted")
    group = application.group
    keep(third, sectors=[group.sector], provinces=[group.province])
    keep(two, sectors=[group.sector], most_open=0)
    experts.declare_tie(by=fourth, kind="works", group=group, now=NOON)
    found = reviewers.candidates(application, NOON)
    assert [(person, why) for person, why in found.free] == [
        (third, "suggested: knows the sector · knows the province · 0 of 5 reviews to write"),
        (one, "suggested: 0 of 5 reviews to write"),
        (two, "knows the sector · takes on no review now"),
    ]
    assert found.suggested == [third.pk, one.pk]
    assert found.barred == [(fourth, "Declared a tie to this group.")]
    page = get(OFFICE.officer, "reviews_assign", application.pk)
    assert page.text.count("checked") == 2
    assert "Reviewer4: Declared a tie to this group." in words(page)
    # The officer decides: what comes back with an error keeps what they chose.
    page = post(
        OFFICE.officer, "reviews_assign", application.pk, act="assign", reviewers=[two.pk], due_on="x"
    )
    assert page.status_code == 422
    assert page.text.count("checked") == 1
    assign(application, reviewers=[two])
    assert reviewers.candidates(application, NOON).suggested == [third.pk]
    assign(application, reviewers=[one])
    assert reviewers.candidates(application, NOON).suggested == []


def test_a_review_that_does_not_count_any_more_is_replaced():
    application, third = application_at("in_review"), staff_member("reviewer3", Role.REVIEWER)
    for review in application.reviews.all():
        send_review(review)
    assert reviewers.missing(application) == 0
    give_place(application.group, first())
    assert reviewers.candidates(application, NOON).suggested == [third.pk]


def test_many_are_given_to_whoever_is_suggested_for_each():
    one, two = OFFICE.reviewers
    third = staff_member("reviewer3", Role.REVIEWER)
    for person, most in ((one, 2), (two, 1), (third, 0)):
        keep(person, most_open=most)
    made = [application_at("submitted") for _number in range(3)]
    picked = {"act": "reviewer", "pick": [each.pk for each in made]}
    asked = post(OFFICE.officer, "application_bulk", **picked)
    assert "For each application, those who are suggested for it" in asked.text
    page = post(OFFICE.officer, "application_bulk", **picked, step="do", person="suggested")
    assert page.status_code == 200
    text = words(page)
    assert "Assigned: Reviewer1, Reviewer2" in text
    assert "Assigned: Reviewer1. Still missing: 1." in text
    assert "Nobody who is free for it has room" in text
    assert Review.objects.count() == 3
    keep(third, most_open=9)
    page = post(OFFICE.officer, "application_bulk", **picked, step="do", person="suggested")
    assert "It has the reviewers that it needs." in words(page)
    assert "suggested" not in post(OFFICE.officer, "application_bulk", act="officer", pick=made[0].pk).text
    assert (
        post(OFFICE.approver, "application_bulk", **picked, step="do", person="suggested").status_code == 403
    )


def test_what_was_suggested_may_be_gone_when_it_is_sent():
    application, person = application_at("submitted"), first()
    assert person.pk in reviewers.candidates(application, NOON).suggested
    experts.declare_tie(by=person, kind="works", group=application.group, now=NOON)
    with pytest.raises(TransitionRefused, match="Declared a tie"):
        judging.assign_reviewer(by=OFFICE.officer, application=application, reviewer=person, now=NOON)
