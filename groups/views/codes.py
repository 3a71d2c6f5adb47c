"""Links that are shared, whatever they are for: the page that shows one, the page that asks for its code, and what a browser
did with a link: whether it typed the code, and what it answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from groups import links
from groups.forms.voice import CodeForm
from groups.models import CodedLink, Group

# How long a browser that typed the code may take to answer.
PROVED_FOR = timedelta(hours=2)


def _key(link: CodedLink) -> str:
    return f"{link._meta.model_name}_{link.pk}"


def remembered(request: HttpRequest, link: CodedLink) -> dict[str, Any]:
    """What this browser did with the link."""
    return request.session.get(_key(link), {})


def remember(request: HttpRequest, link: CodedLink, **what: Any) -> None:
    """Keep it."""
    request.session[_key(link)] = {**remembered(request, link), **what}


def is_proved(request: HttpRequest, link: CodedLink, now: datetime) -> bool:
    """Whether this browser typed the code a short time ago."""
    at = remembered(request, link).get("proved")
    return at is not None and datetime.fromisoformat(at) + PROVED_FOR > now


def share_page(
    request: HttpRequest,
    back: tuple[str, str],
    url: str,
    text: str,
    trouble: str,
    status: int,
    *,
    name: str,
    address: str = "",
    lasts: str = "",
) -> HttpResponse:
    """What a link to share is; then, once, the link itself (`url`) with the text to send. `back` is an address and its name,
    `name` whom it is for, `address` where its code goes, `lasts` how long it works, where that is not two weeks."""
    context = {
        "back_url": back[0],
        "back_label": back[1],
        "link": url,
        "text": text,
        "whatsapp": f"https://wa.me/?{urlencode({'text': text})}",
        "trouble": trouble,
        "name": name,
        "address": address,
        "lasts": lasts
        or _(
            "A link works for fourteen days and for one answer. A new one takes the place of the one before."
        ),
    }
    return render(request, "groups/voice_share.html", context, status=status)


def code_page(
    request: HttpRequest,
    link: CodedLink,
    now: datetime,
    *,
    group: Group,
    asks: str,
    send: Callable[[], None],
    check: Callable[[str], None],
) -> HttpResponse:
    """Before the code is typed, whoever holds the link sees who asks, `asks`, and nothing of the firm."""
    do, status = request.POST.get("do"), 200
    form = CodeForm(request.POST if do == "check" else None)
    trouble = ""
    if do == "code":
        try:
            send()
        except links.CodeRefused as refusal:
            trouble, status = refusal.sentence, refusal.status_code
        else:
            return redirect(request.path)
    elif do == "check":
        status = 422
        if form.is_valid():
            try:
                check(form.cleaned_data["code"])
            except links.CodeRefused as refusal:
                form.add_error("code", refusal.sentence)
            else:
                remember(request, link, proved=now.isoformat())
                return redirect(request.path)
    elif request.method == "POST":
        status = 409
    waits = bool(link.code_digest and link.code_sent_at and link.code_sent_at + links.CODE_LASTS > now)
    context = {
        "group": group,
        "asks": asks,
        "form": form,
        "waits": waits or do == "check",
        "trouble": trouble,
    }
    return render(request, "groups/voice_code.html", context, status=status)
