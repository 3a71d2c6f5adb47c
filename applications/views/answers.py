"""How a form of staff answers: a refusal stands at the form, with everything that was typed still in it."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.forms import BaseForm

from core.workflow import NotAllowed, Refusal, StaleObject


def tried(form: BaseForm, act: Callable[[], Any], *, field: str | None = None) -> bool:
    """Do something whole or not at all; answers whether it was done. What refuses it becomes an error of the form (of
    its `field`, where only that can be wrong), but for a missing permission, which is a page of its own."""
    try:
        with transaction.atomic():
            act()
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error(None if isinstance(refusal, StaleObject) else field, refusal.sentence)
        form.refused = refusal.status_code  # type: ignore[attr-defined]
        form.is_stale = isinstance(refusal, StaleObject)  # type: ignore[attr-defined]
        return False
    return True


def status_of(*forms: BaseForm | None) -> int:
    """200 for fresh forms, 422 for wrong answers, 409 for what the state or another person's change refused."""
    bound = [form for form in forms if form is not None and form.is_bound]
    refused = [form.refused for form in bound if hasattr(form, "refused")]
    if refused:
        return refused[0]
    return 422 if any(form.errors for form in bound) else 200


def came_too_late(form: BaseForm) -> bool:
    """Whether somebody else saved while this form was open."""
    return getattr(form, "is_stale", False)


def posted(request: Any, *, act: str = "") -> Any:
    """What was typed into the form that was sent, or None. On a page with several forms the button's `act` says
    which one it is."""
    if request.method != "POST" or (act and request.POST.get("act") != act):
        return None
    return request.POST
