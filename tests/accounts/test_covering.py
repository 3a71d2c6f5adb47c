"""Who stands in for whom: the rules, the page, and what both are told (PROGRAMME 12)."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts import charge, covering
from accounts.models import Cover
from accounts.roles import Role
from core import timeline
from core.models import Event, Message
from core.workflow import NotAllowed, TransitionRefused
from tests.clock import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
TODAY = dt.date(2026, 3, 10)
DAY = dt.timedelta(days=1)


@pytest.fixture
def olga(staff):
    return staff("olga", Role.OFFICER, "Olga")


@pytest.fixture
def mario(staff):
    return staff("mario", Role.OFFICER, "Mario")


@pytest.fixture
def nora(staff):
    return staff("nora", Role.OFFICER, "Nora")


def cover(person, by, first=TODAY, last=TODAY + 5 * DAY, *, set_by=None) -> Cover:
    return covering.set_cover(
        by=set_by or person, person=person, cover=by, first_on=first, last_on=last, now=NOON
    )


def test_an_officer_says_who_stands_in_and_both_hear_of_it(olga, mario):
    made = cover(olga, mario)
    assert list(Cover.objects.on(TODAY)) == list(Cover.objects.on(TODAY + 5 * DAY)) == [made]
    assert not Cover.objects.on(TODAY + 6 * DAY).exists()
    event = Event.objects.get(action="cover.set")
    assert (event.actor, event.case) == (olga, timeline.system_case(NOON))
    assert event.data == {
        "person": olga.pk,
        "cover": mario.pk,
        "first_on": "2026-03-10",
        "last_on": "2026-03-15",
    }
    told = dict(Message.objects.filter(template="cover_set").values_list("recipient_id", "context__url"))
    assert told == {olga.pk: reverse("cover_list"), mario.pk: reverse("inbox")}


def test_a_colleague_or_an_admin_sets_it_for_who_fell_ill(olga, mario, nora, admin):
    assert cover(olga, mario, set_by=nora).set_by == nora
    assert cover(nora, mario, set_by=admin).set_by == admin


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (-1, 3, "A cover begins today or later."),
        (3, 2, "The last day must not be before the first."),
        (0, 367, "A cover lasts a year at most. Whoever leaves for longer gives their cases away."),
    ],
)
def test_the_days_must_make_sense(olga, mario, first, last, sentence):
    with pytest.raises(TransitionRefused, match=sentence.replace(".", r"\.")):
        cover(olga, mario, TODAY + first * DAY, TODAY + last * DAY)
    assert not Cover.objects.exists()


def test_nobody_stands_in_for_themselves(olga):
    with pytest.raises(TransitionRefused, match="Nobody stands in for themselves"):
        cover(olga, olga)


def test_both_are_officers_on_all_of_the_days(olga, approver, mario):
    with pytest.raises(TransitionRefused, match="Approver is not a programme officer"):
        cover(olga, approver)
    with pytest.raises(TransitionRefused, match="Approver is not a programme officer"):
        cover(approver, olga, set_by=olga)
    mario.role_grants.update(valid_to=NOON + 3 * DAY)
    with pytest.raises(TransitionRefused, match="Mario is not a programme officer on all of these days"):
        cover(olga, mario)
    assert cover(olga, mario, last=TODAY + 2 * DAY)


def test_one_cover_at_a_time_and_by_somebody_who_is_there(olga, mario, nora):
    cover(olga, mario, TODAY + 2 * DAY, TODAY + 4 * DAY)
    with pytest.raises(TransitionRefused, match=r"Mario stands in for Olga already from 12/03/2026"):
        cover(olga, nora, TODAY, TODAY + 2 * DAY)
    with pytest.raises(TransitionRefused, match=r"Olga is away themselves from 12/03/2026 to 14/03/2026"):
        cover(nora, olga, TODAY + 4 * DAY, TODAY + 9 * DAY)
    # Before and after it is free; and one may stand in for two.
    cover(olga, nora, TODAY, TODAY + DAY)
    cover(nora, mario, TODAY + 2 * DAY, TODAY + 4 * DAY)


def test_who_stands_in_does_not_go_away_meanwhile(olga, mario, nora):
    cover(nora, olga, TODAY, TODAY + 9 * DAY)
    with pytest.raises(TransitionRefused, match=r"Olga stands in for Nora already from 10/03/2026 to 19/03"):
        cover(olga, mario, TODAY + 2 * DAY, TODAY + 4 * DAY)
    cover(olga, mario, TODAY + 10 * DAY, TODAY + 12 * DAY)


def test_others_may_not(olga, mario, approver, representative):
    for somebody in (approver, representative):
        with pytest.raises(NotAllowed):
            cover(olga, mario, set_by=somebody)


def test_it_ends_early_once(olga, mario, nora):
    made = covering.end_cover(by=nora, cover=cover(olga, mario), now=NOON)
    assert made.ended_at == NOON
    assert not Cover.objects.on(TODAY).exists()
    assert Event.objects.get(action="cover.ended").actor == nora
    assert Message.objects.filter(template="cover_ended").count() == 2
    with pytest.raises(TransitionRefused, match="This cover is over already"):
        covering.end_cover(by=olga, cover=made, now=NOON)
    # The days are free again.
    cover(olga, nora)


def test_what_is_past_does_not_end(olga, mario):
    made = cover(olga, mario)
    with pytest.raises(TransitionRefused, match="This cover is over already"):
        covering.end_cover(by=olga, cover=made, now=NOON + 6 * DAY)


# --- To whom a case falls ------------------------------------------------------------------------------


def test_a_case_falls_to_its_officer_and_who_covers_them(olga, mario, nora, django_assert_num_queries):
    cover(olga, mario)
    with django_assert_num_queries(1):
        office = charge.officers(TODAY)
    assert office.whose(olga.pk) == [(olga.pk, None), (mario.pk, olga.pk)]
    assert office.whose(nora.pk) == [(nora.pk, None)]
    assert {person for person, _for in office.whose(None)} == {olga.pk, mario.pk, nora.pk}
    assert office.whose(olga.pk, mario) == [(mario.pk, olga.pk)]
    assert office.whose(olga.pk, nora) == []
    assert charge.officers(TODAY + 6 * DAY).covers == {}


def test_a_cover_that_lost_the_role_covers_no_more(olga, mario):
    cover(olga, mario)
    mario.role_grants.update(valid_to=NOON + DAY)
    assert charge.officers(TODAY + 2 * DAY).whose(olga.pk) == [(olga.pk, None)]


# --- The page ------------------------------------------------------------------------------------------


def post(client, person, by, first, last):
    days = {"first_on": f"{first:%Y-%m-%d}", "last_on": f"{last:%Y-%m-%d}"}
    return client.post(reverse("cover_list"), {"person": person.pk, "cover": by.pk, **days})


def test_the_page_shows_covers_now_to_come_and_past(signed_in, olga, mario, nora):
    cover(olga, mario)
    cover(nora, mario, TODAY + 2 * DAY, TODAY + 3 * DAY)
    ended = cover(nora, mario, TODAY + 8 * DAY, TODAY + 9 * DAY)
    covering.end_cover(by=nora, cover=ended, now=NOON)
    response = signed_in(olga).get(reverse("cover_list"))
    parts = {title: [row.person for row in rows] for title, rows, _open, _empty in response.context["parts"]}
    assert parts == {"Now": [olga], "To come": [nora], "Past": [nora]}


def test_an_empty_page_says_so(signed_in, olga):
    text = signed_in(olga).get(reverse("cover_list")).content.decode()
    assert "Nobody stands in for anybody today." in text


def test_it_is_set_and_ended_on_the_page(signed_in, olga, mario):
    client = signed_in(olga)
    response = post(client, olga, mario, TODAY, TODAY + DAY)
    assert response.status_code == 302
    made = Cover.objects.get()
    assert client.post(reverse("cover_end", args=[made.pk])).status_code == 302
    assert client.post(reverse("cover_end", args=[made.pk])).status_code == 409
    assert client.post(reverse("cover_end", args=[made.pk + 1])).status_code == 404


def test_what_is_refused_comes_back_with_its_sentence(signed_in, olga, mario, approver):
    client = signed_in(olga)
    response = post(client, olga, olga, TODAY, TODAY)
    assert response.status_code == 422
    assert "Nobody stands in for themselves" in response.content.decode()
    # An approver is no choice of the form.
    assert post(client, olga, approver, TODAY, TODAY).status_code == 422
    assert client.post(reverse("cover_list"), {"first_on": "yesterday"}).status_code == 422
    assert not Cover.objects.exists()
