"""Projects that are paid on the same account, or to the same payee, for the page of an application."""

from collections.abc import Iterator

from django.db.models import BooleanField, Case, Q, Value, When
from django.utils.translation import gettext as _

from applications.models import Application
from grants.models import Payee

MOST = 200


def by_account(application: Application) -> Iterator[tuple[int, str]]:
    """The applications of other projects whose account, or whose payee, is one of this application's project. One query;
    none without a project."""
    if getattr(application, "project", None) is None:
        return
    ours = Payee.objects.filter(project__application=application)
    same_account = Q(cbu__in=ours.values("cbu"))
    found = (
        Payee.objects.filter(same_account | Q(cuit__in=ours.values("cuit")))
        .exclude(project__application=application)
        .annotate(
            same=Case(When(same_account, then=Value(True)), default=Value(False), output_field=BooleanField())
        )
        .order_by("pk")
        .values_list("project__application_id", "same")[:MOST]
    )
    for pk, same in found:
        yield pk, _("Paid on the same bank account") if same else _("Paid to the same CUIT")
