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
from grants.saving import saved_once
from groups.letters import language_of
from groups.views.answers import kept_secret
from groups.views.codes import code_page, is_proved, remember, remembered
from reports.models import FirmPart, FirmPartLink
from reports.parts import actions, links
from reports.parts.forms import AnswerForm


@login_not_required
@kept_secret
@saved_once
@require_http_methods(["GET", "HEAD", "POST"])
def firm_part(request: HttpRequest, token: str) -> HttpResponse:
    """What a firm is asked for, and its answer. Opening it never uses the link up."""
    link = links.find(token)
    if link is None:
        raise Http404
    _speak(request, link)
    if remembered(request, link).get("done"):
        return _done(request, link)
    now = dates.now()
    if not links.is_open(link, now):
        return _over(request)
    if request.method == "GET" and link.opened_at is None and not link.shared:
        FirmPartLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
    try:
        if link.shared and not is_proved(request, link, now):
            return _code(request, link, now)
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
            remember(request, link, done=True)
            messages.success(request, _("Your answer was sent."))
            return redirect("firm_part", token=token)
    context = {"link": link, "part": part, "report": part.report, "group": part.report.group, "form": form}
    return render(request, "reports/parts/part_answer.html", context, status=status)


def _code(request: HttpRequest, link: FirmPartLink, now: datetime) -> HttpResponse:
    """Of a shared link: whoever holds it sees who asks, until the code is typed."""
    group = link.part.report.group
    asks = _("%(who)s asks a firm of the group %(group)s for its part of a report.")
    return code_page(
        request,
        link,
        now,
        group=group,
        asks=asks % {"who": link.created_by, "group": group.name},
        send=lambda: actions.send_code(link=link, now=now),
        check=lambda code: actions.check_code(link=link, code=code, now=now),
    )


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
