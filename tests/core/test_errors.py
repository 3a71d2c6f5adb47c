"""What went wrong has a page of its own, and what is private is not kept by caches."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from core import errors
from core.middleware import PrivatePagesMiddleware, RefusalMiddleware
from core.workflow import NotAllowed, StaleObject, TransitionRefused


@pytest.fixture
def request_():
    request = RequestFactory().get("/somewhere/")
    request.user = SimpleNamespace(is_authenticated=False, pk=None)
    with translation.override("en"):
        yield request


@pytest.mark.parametrize(
    "refusal, status",
    [
        (TransitionRefused("The call closed."), 409),
        (StaleObject("Look again."), 409),
        (NotAllowed("It is for: approver."), 403),
    ],
)
def test_a_refusal_is_a_page_with_its_sentence(request_, refusal, status):
    response = RefusalMiddleware(None).process_exception(request_, refusal)
    assert response.status_code == status
    assert refusal.sentence in response.content.decode()


def test_other_exceptions_are_left_alone(request_):
    assert RefusalMiddleware(None).process_exception(request_, ValueError()) is None


@pytest.mark.parametrize(
    "view, status",
    [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.csrf_failure, 403)],
)
def test_each_page_has_one_heading_and_a_way_on(request_, view, status):
    response = view(request_)
    html = response.content.decode()
    assert response.status_code == status
    assert html.count("<h1") == 1
    assert 'href="/"' in html


def test_a_permission_that_django_denied_keeps_its_words(request_):
    assert "Only finance." in errors.forbidden(request_, PermissionDenied("Only finance.")).content.decode()


def test_our_own_fault_is_said_without_asking_the_database(request_):
    del request_.user
    response = errors.server_error(request_)
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


@pytest.mark.parametrize(
    "signed_in, said, kept",
    [
        (True, None, "private, no-store"),
        (True, "max-age=60", "max-age=60, private"),
        (True, "public, max-age=60", "public, max-age=60"),
        (False, None, None),
    ],
)
def test_no_cache_keeps_a_page_of_somebody_signed_in(request_, signed_in, said, kept):
    request_.user = SimpleNamespace(is_authenticated=signed_in)
    headers = {"Cache-Control": said} if said else {}
    response = PrivatePagesMiddleware(lambda _: HttpResponse(headers=headers))(request_)
    assert response.headers.get("Cache-Control") == kept


def test_what_an_address_does_not_take_is_refused_by_a_page_with_a_way_back(client):
    response = client.post(reverse("verify"))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.text.count("<h1") == 1
    assert f'href="{reverse("verify")}"' in response.text
