"""What a group's support was: who ever advised it. What proves earlier support is in facts.py (`ended_supports`)."""

from decimal import Decimal

from django.utils.translation import gettext as _

from applications.models import Application
from core.money import written


def advised_ids(application: Application) -> set[int]:
    """Everybody who advises the group now, or ever did."""
    supports = application.group.supports.all()
    ever = {support.adviser_id for support in supports if support.accepted_at and support.adviser_id}
    return application.group.adviser_ids() | ever


def hours_in_words(hours: Decimal) -> str:
    """`1 hour`, `2,5 hours`."""
    return _("1 hour") if hours == 1 else _("%(n)s hours") % {"n": written(hours)}
