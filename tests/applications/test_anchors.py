"""What the points of a criterion's scale mean, in words, where the reviewer scores."""

import pytest
from django.urls import reverse
from django.utils import translation

from applications.models import Criterion
from applications.workflow import REVIEW
from tests.clock import NOON
from tests.factories_applications import application_at, make_call


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
