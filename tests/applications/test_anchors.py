"""What the points of a criterion's scale mean, in words, where the reviewer scores."""

import pytest
from django.urls import reverse
from django.utils import translation

from applications.models import Criterion
from applications.workflow import REVIEW
from core import timeline
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, draft, make_call

WORDS = {
    f"{point}_{language}": f"{point} in {language}"
    for point in ("low", "middle", "high")
    for language in ("en", "es")
}


def test_the_words_stand_at_their_points_in_the_language_of_the_reader():
    even = Criterion(max_score=10, low_en="Vague", high_en="Costed", low_es="Vago", middle_es="Claro")
    odd = Criterion(max_score=5, middle_en="Clear")
    with translation.override("en"):
        assert even.anchors == [("0", "Vague"), ("10", "Costed")]
        assert odd.anchors == [("2–3", "Clear")]
    with translation.override("es"):
        assert even.anchors == [("0", "Vago"), ("5", "Claro")]


@pytest.mark.django_db
def test_a_reviewer_reads_them_beside_the_score(client):
    call = make_call()
    call.criteria.update(high_en="Costed and dated", high_es="Costed and dated")
    review = application_at("in_review", call=call).reviews.first()
    if review.status == "assigned":
        REVIEW.apply(review, "declare_interest", by=review.reviewer, now=NOON, data={"no_interest": True})
    client.force_login(review.reviewer)
    page = client.get(reverse("review_detail", args=[review.pk]), follow=True)
    assert "Costed and dated" in page.content.decode()


def write(client, call, **data):
    """The page of the first criterion, as an admin sends it."""
    client.force_login(OFFICE.admin)
    row = call.criteria.first()
    call.refresh_from_db()
    fixed = {"name_en": row.name_en, "name_es": row.name_es, "weight": row.weight, "max_score": row.max_score}
    url = reverse("call_row_edit", args=[call.code, "criteria", row.pk])
    return client.post(url, {"version": call.version, **fixed, **data})


@pytest.mark.django_db
def test_an_admin_writes_them_in_the_draft_of_a_call(client):
    call = make_call(code="C-1", published=False)
    assert write(client, call, **WORDS).status_code == 302
    row = call.criteria.first()
    assert {name: getattr(row, name) for name in WORDS} == WORDS
    page = client.get(reverse("call_row_edit", args=["C-1", "criteria", row.pk]))
    assert all(f'value="{words}"' in page.text for words in WORDS.values())
    preview = client.get(reverse("call_preview", args=["C-1"]), {"language": "es"}).text
    assert "middle in es" in preview
    assert "middle in en" not in preview
    told = timeline.rows(call.case, OFFICE.admin)[0]
    assert ("Criterion “Learning”: half of the points, in English", "–", "middle in en") in told.details


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["low", "middle", "high"])
@pytest.mark.parametrize(("given", "asked"), [("en", "es"), ("es", "en")])
def test_words_in_one_language_ask_for_the_other(client, point, given, asked):
    call = make_call(code="C-1", published=False)
    answer = write(client, call, **{f"{point}_{given}": "Costed"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        f"{point}_{asked}": ["Write it in both languages, or in neither."]
    }


@pytest.mark.django_db
def test_they_are_frozen_with_the_other_rules_once_somebody_applies(client):
    call = make_call(code="C-1")
    draft(call=call)
    assert write(client, call, **WORDS).status_code == 409
    assert call.criteria.first().anchors == []
