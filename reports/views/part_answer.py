"""The page by which a firm hands in its part of a report, without an account. The secret in its address is the key, and
is kept as that of confirmations is (groups.views.answers)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import dates
from core.workflow import TransitionRefused
from groups.letters import language_of
from groups.views.answers import kept_secret
from reports.models import FirmPart, FirmPartLink
from reports.parts import actions, links
from reports.parts.forms import AnswerForm


@login_not_required
@kept_secret
@require_http_methods(["GET", "HEAD", "POST"])
def firm_part(request: HttpRequest, token: str) -> HttpResponse:
    """What a firm is asked for, and its answer. Opening it never uses the link up."""
    link = links.find(token)
    if link is None:
        raise Http404
    _speak(request, link)
    if request.session.get(_key(link)):
        return _done(request, link)
    now = dates.now()
    if not links.is_open(link, now):
        return _over(request)
    if request.method == "GET" and link.opened_at is None:
        FirmPartLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
    try:
        return _page(request, link, token, now)
    except links.LinkOver:
        return _over(request)


def _page(request: HttpRequest, link: FirmPartLink, token: str, now: datetime) -> HttpResponse:
    part, sent = link.part, request.method == "POST"
    form = AnswerForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        part=part,
        today=dates.day_of(now),
    )
    status = 422 if sent else 200
    if sent and form.is_valid():
        try:
            actions.answer(link=link, said=form.said, now=now)
        except TransitionRefused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status_code
        except ValidationError as error:
            form.add_error("papers", error)
        else:
            request.session[_key(link)] = True
            messages.success(request, _("Your answer was sent."))
            return redirect("firm_part", token=token)
    context = {"link": link, "part": part, "report": part.report, "group": part.report.group, "form": form}
    return render(request, "reports/parts/part_answer.html", context, status=status)


def _key(link: FirmPartLink) -> str:
    return f"firm_part_{link.pk}"


def _speak(request: HttpRequest, link: FirmPartLink) -> None:
    """The language of the group's representative, until the reader chooses one."""
    if request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    translation.activate(language_of(link.part.report.group))
    request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]


def _over(request: HttpRequest) -> HttpResponse:
    """A plain page that says no more than that the link does not work."""
    context = {"sentence": links.LinkOver().sentence}
    return render(request, "reports/parts/part_over.html", context, status=410)


def _done(request: HttpRequest, link: FirmPartLink) -> HttpResponse:
    """What was answered, for the browser that did; to everybody else the link is over."""
    part: FirmPart = link.part
    context: dict[str, Any] = {
        "part": part,
        "report": part.report,
        "group": part.report.group,
        "pieces": actions.pieces(part),
    }
    return render(request, "reports/parts/part_done.html", context)
