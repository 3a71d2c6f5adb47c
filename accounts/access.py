"""Fetching an object together with the right to use it, in one step. Every view of one object begins here."""

from typing import Any

from django.db import models
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.permissions import Action, holds
from accounts.roles import STAFF
from core.workflow import NotAllowed


def fetch(user, source: type[models.Model] | models.QuerySet, action: Action, **lookup) -> Any:
    """The object, if this person may do this with it.

    Raises Http404 when they may not even see it (`visible_to` of its queryset), and NotAllowed, which names the roles
    that may, when they see it but may not do this.
    """
    queryset: Any = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    obj = get_object_or_404(queryset.visible_to(user), **lookup)
    require(user, action, obj)
    return obj


def require(user, action: Action, obj=None) -> None:
    """Refuse, naming the roles that may, unless this person may do this."""
    if not user.is_authenticated or not user.can(action, obj):
        raise NotAllowed.naming(action)


def require_held(user, action: Action) -> None:
    """The same for a list, which has no object: unless a staff role of this person may ever do this. Who may do it in the own
    group alone is not named: they are not meant here."""
    if not holds(user, action):
        words = _(
            "This page is about all groups. It is for: %(roles)s. What is yours stands on the pages of your group."
        )
        raise NotAllowed(words % {"roles": action.allowed_to(STAFF)})
