"""The page by which a firm answers without an account: joins, confirms, or says that it does not belong.

The secret in its address is the key. Nothing else keeps it: no cache, no search engine, no other site, no log
(core.logs). The policy for referrers is `strict-origin`: with `no-referrer` browsers send a form without its origin,
and the check against forged forms refuses it.
"""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
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
from groups.forms.voice import AnswerForms, CodeForm, JoinForm, OwnFirmForm, RefusalForm
from groups.models import FirmConfirmation, FirmLink
from groups.size import linked_sales_doubt, size_of

# How long a browser that typed the code may take to answer.
PROVED_FOR = timedelta(hours=2)


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
    if done := _remembered(request, link).get("done"):
        return _done(request, link, done)
    now = dates.now()
    if not links.is_open(link, now):
        return _over(request)
    try:
        if link.shared and not _is_proved(request, link, now):
            return _code(request, link, token, now)
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


# --- What this browser did ---------------------------------------------------------------------------


def _key(link: FirmLink) -> str:
    return f"firm_link_{link.pk}"


def _remembered(request: HttpRequest, link: FirmLink) -> dict[str, Any]:
    return request.session.get(_key(link), {})


def _remember(request: HttpRequest, link: FirmLink, **what: Any) -> None:
    request.session[_key(link)] = {**_remembered(request, link), **what}


def _is_proved(request: HttpRequest, link: FirmLink, now: datetime) -> bool:
    """Whether this browser typed the code a short time ago."""
    at = _remembered(request, link).get("proved")
    return at is not None and datetime.fromisoformat(at) + PROVED_FOR > now


# --- A shared link: the code -------------------------------------------------------------------------


def _code(request: HttpRequest, link: FirmLink, token: str, now: datetime) -> HttpResponse:
    """Before the code is typed, whoever holds the link sees who asks, and nothing of the firm."""
    do, status = request.POST.get("do"), 200
    form = CodeForm(request.POST if do == "check" else None)
    trouble = ""
    if do == "code":
        try:
            voice.send_code(link=link, now=now)
        except links.CodeRefused as refusal:
            trouble, status = refusal.sentence, refusal.status_code
        else:
            return redirect("firm_answer", token=token)
    elif do == "check":
        status = 422
        if form.is_valid():
            try:
                voice.check_code(link=link, code=form.cleaned_data["code"], now=now)
            except links.CodeRefused as refusal:
                form.add_error("code", refusal.sentence)
            else:
                _remember(request, link, proved=now.isoformat())
                return redirect("firm_answer", token=token)
    elif request.method == "POST":
        status = 409
    waits = bool(link.code_digest and link.code_sent_at and link.code_sent_at + links.CODE_LASTS > now)
    context = {"link": link, "form": form, "waits": waits or do == "check", "trouble": trouble}
    return render(request, "groups/voice_code.html", context, status=status)


# --- Joining -----------------------------------------------------------------------------------------


def _join(request: HttpRequest, link: FirmLink, token: str, now: datetime) -> HttpResponse:
    """A group asks the firm to join."""
    do, status = request.POST.get("do"), 200
    form = JoinForm(request.POST if do == "agree" else None)
    if do == "decline":
        voice.decline_to_join(link=link, now=now)
        _remember(request, link, done="declined")
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
                _remember(request, link, done="agreed")
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
        _remember(request, link, done=done, row=row.pk)
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
    remembered = _remembered(request, link)
    context: dict[str, Any] = {"link": link, "done": done}
    if "row" in remembered:
        rows = FirmConfirmation.objects.select_related("membership__group", "membership__firm__activity")
        row = rows.filter(pk=remembered["row"]).first()
        if row is None:
            return _over(request)
        firm = row.membership.firm
        context |= {"row": row, "firm": firm, "size": size_of(firm, dates.today())}
    return render(request, "groups/voice_done.html", context)
