"""The page by which a firm answers without an account: joins, confirms, or says that it does not belong.

The secret in its address is the key. Nothing else keeps it: no cache, no search engine, no other site, no log
(core.logs). The policy for referrers is `strict-origin`: with `no-referrer` browsers send a form without its origin,
and the check against forged forms refuses it.
"""

import functools
from collections.abc import Callable
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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import conflict, dates
from core.forms import posted_version
from core.workflow import StaleObject, TransitionRefused
from groups import letters, links
from groups.actions import RowRefused, voice
from groups.forms.voice import AnswerForms, JoinForm, OwnFirmForm, RefusalForm
from groups.models import FirmConfirmation, FirmLink
from groups.size import linked_sales_doubt, size_of
from groups.views.codes import code_page, is_proved, remember, remembered


def kept_secret(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose address is a key."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(wrapped)


@login_not_required
@kept_secret
@require_http_methods(["GET", "HEAD", "POST"])
def firm_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What a firm is asked, and its answer. Opening it never uses the link up."""
    link = links.find(token)
    if link is None:
        raise Http404
    _speak(request, link)
    if done := remembered(request, link).get("done"):
        return _done(request, link, done)
    now = dates.now()
    if not links.is_open(link, now):
        return _over(request)
    try:
        if link.shared and not is_proved(request, link, now):
            return _code(request, link, now)
        if request.method == "GET" and link.opened_at is None and not link.shared:
            FirmLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)
        page = _join if link.request_id else _confirm
        return page(request, link, token, now)
    except links.LinkOver:
        return _over(request)


def _speak(request: HttpRequest, link: FirmLink) -> None:
    """The language of the group's representative, until the reader chooses one."""
    if request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return
    translation.activate(letters.language_of(link.group))
    request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]


def _over(request: HttpRequest) -> HttpResponse:
    """A plain page that says no more than that the link does not work."""
    sentence = links.LinkOver().sentence
    return render(request, "groups/voice_over.html", {"sentence": sentence}, status=410)


# --- A shared link: the code -------------------------------------------------------------------------


def _code(request: HttpRequest, link: FirmLink, now: datetime) -> HttpResponse:
    """Whoever holds the link sees who asks, until the code is typed."""
    words = {"who": link.created_by, "group": link.group.name}
    if link.request_id:
        asks = _("%(who)s asks a firm to join the group %(group)s.") % words
    else:
        asks = _("%(who)s asks a firm of the group %(group)s to confirm that it belongs.") % words
    return code_page(
        request,
        link,
        now,
        group=link.group,
        asks=asks,
        send=lambda: voice.send_code(link=link, now=now),
        check=lambda code: voice.check_code(link=link, code=code, now=now),
    )


# --- Joining -----------------------------------------------------------------------------------------


def _join(request: HttpRequest, link: FirmLink, token: str, now: datetime) -> HttpResponse:
    """A group asks the firm to join."""
    do, status = request.POST.get("do"), 200
    form = JoinForm(request.POST if do == "agree" else None)
    if do == "decline":
        voice.decline_to_join(link=link, now=now)
        remember(request, link, done="declined")
        messages.success(request, _("Your answer was saved."))
        return redirect("firm_answer", token=token)
    if do == "agree":
        status = 422
        if form.is_valid():
            try:
                _membership, following = voice.agree_to_join(link=link, now=now, **form.cleaned_data)
            except TransitionRefused:
                # Which application the group has to answer first is not the firm's affair.
                form.add_error(
                    None,
                    _(
                        "The group cannot take in a firm at this moment. Your link stays open: try again later."
                    ),
                )
                status = 409
            else:
                remember(request, link, done="agreed")
                messages.success(
                    request, _("Your firm belongs to the group now. Please confirm its data next.")
                )
                return redirect("firm_answer", token=following)
    elif request.method == "POST":
        status = 409
    return render(request, "groups/voice_join.html", {"link": link, "form": form}, status=status)


# --- Confirming --------------------------------------------------------------------------------------


def _confirm(request: HttpRequest, link: FirmLink, token: str, now: datetime) -> HttpResponse:
    """The firm looks at its data, corrects them, and confirms; or says that it does not belong."""
    do, today = request.POST.get("do"), dates.day_of(now)
    chosen = do == "confirm"
    membership = link.group.memberships.current().filter(firm_id=link.firm_id).first()
    if membership is None:
        raise links.LinkOver
    forms = AnswerForms(
        request.POST if chosen else None,
        request.FILES if chosen else None,
        firm=link.firm,
        place=membership.place_in_chain,
        today=today,
    )
    refusal = RefusalForm(request.POST if do == "refuse" else None, prefix="refusal")
    # The form writes into its firm: the page goes on showing what is saved.
    firm = (links.find(token) or link).firm
    more: dict[str, Any] = {"version": firm.version}
    done, row, status = "", None, 409 if request.method == "POST" else 200
    if do == "refuse":
        status = 422
        if refusal.is_valid():
            done, row = "refused", voice.refuse(link=link, now=now, **refusal.cleaned_data)
    elif chosen:
        more["version"], status = posted_version(request), 422
        if forms.is_valid():
            done = "confirmed"
            try:
                row, status = _confirmed(link, forms, version=posted_version(request), now=now)
            except StaleObject as stale:
                forms.data.add_error(None, stale.sentence)
                status, place = stale.status_code, {"place_in_chain": membership.place_in_chain}
                first = OwnFirmForm(instance=firm, initial=place, today=today)
                more = {"version": firm.version, "conflict": conflict.between(forms.data, first, firm)}
    if row is not None:
        remember(request, link, done=done, row=row.pk)
        messages.success(request, _("Your answer was saved."))
        return redirect("firm_answer", token=token)
    context = {
        "link": link,
        "firm": firm,
        "membership": membership,
        "forms": [*forms.all, refusal],
        "answer": forms,
        "refusal": refusal,
        "size": (size := size_of(firm, today)),
        "linked_doubt": linked_sales_doubt(firm, size),
        "certificates": firm.certificates.all(),
        **more,
    }
    return render(request, "groups/voice_answer.html", context, status=status)


def _confirmed(
    link: FirmLink, forms: AnswerForms, *, version: int, now: datetime
) -> tuple[FirmConfirmation | None, int]:
    """The confirmation and 200; or None and the status of what refuses the certificate, which then stands at its form.
    Raises StaleObject and LinkOver."""
    try:
        answer = voice.Answer(**forms.cleaned)
        return voice.confirm(link=link, version=version, answer=answer, now=now), 200
    except RowRefused as refused:
        forms.certificate.add_error("number", refused.sentence)
        return None, refused.status_code
    except ValidationError as error:
        forms.certificate.add_error("document", error)
        return None, 422


# --- Afterwards --------------------------------------------------------------------------------------


def _done(request: HttpRequest, link: FirmLink, done: str) -> HttpResponse:
    """What was answered, for the browser that did; to everybody else the link is over."""
    known = remembered(request, link)
    context: dict[str, Any] = {"link": link, "done": done}
    if "row" in known:
        rows = FirmConfirmation.objects.select_related("membership__group", "membership__firm__activity")
        row = rows.filter(pk=known["row"]).first()
        if row is None:
            return _over(request)
        firm = row.membership.firm
        context |= {"row": row, "firm": firm, "size": size_of(firm, dates.today())}
    return render(request, "groups/voice_done.html", context)
