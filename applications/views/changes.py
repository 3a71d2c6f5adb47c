"""What changed between two versions that were sent; and, while the group answers a return, since the last one."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.access import fetch
from accounts.permissions import Action
from applications import differences, snapshot
from applications.facts import Facts
from applications.forms.staff import offer
from applications.models import Application, Submission
from core import dates
from core.forms import Form
from core.templatetags.lsp import moment
from groups.models import Sector


def between(old: dict[str, Any], new: dict[str, Any]) -> list[differences.Part]:
    """The differences of two snapshots; a query for the names of the sectors."""
    return differences.differences(old, new, sectors={row.code: str(row) for row in Sector.objects.all()})


def of_last_two(application: Application) -> tuple[list[Submission], list[differences.Part]]:
    """The last two versions that were sent, the older one first, with what changed; nothing when only one was sent."""
    versions = list(application.submissions.order_by("-number")[:2])[::-1]
    if len(versions) < 2:
        return [], []
    return versions, between(versions[0].snapshot, versions[1].snapshot)


def since_sent(application: Application, facts: Facts, by) -> list[differences.Part] | None:
    """What the group changed since it sent the last version; None when it is not its turn, or it sent none."""
    latest = application.latest_submission if application.is_open else None
    if latest is None:
        return None
    now = snapshot.take(
        facts, number=latest.number + 1, reference=application.reference or "", by=by, arrived_at=dates.now()
    )
    return between(latest.snapshot, now)


class VersionsForm(Form):
    """Which two versions to compare."""

    before = forms.TypedChoiceField(label=gettext_lazy("The older version"), coerce=int)
    after = forms.TypedChoiceField(label=gettext_lazy("The newer version"), coerce=int)

    def __init__(self, *args: Any, versions: list[Submission], **kwargs: Any):
        super().__init__(*args, **kwargs)
        rows = [
            (row.number, _("Version %(n)s, %(when)s") % {"n": row.number, "when": moment(row.submitted_at)})
            for row in versions
        ]
        for name in ("before", "after"):
            offer(self, name, rows)


@require_safe
def application_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed between two versions, the last two unless others are chosen."""
    application = fetch(request.user, Application.objects.with_roles(), Action.VIEW_APPLICATION, pk=pk)
    versions = list(application.submissions.order_by("number"))
    by_number = {row.number: row for row in versions}
    last = {"before": versions[-2].number, "after": versions[-1].number} if len(versions) > 1 else {}
    form = VersionsForm({**last, **request.GET.dict()} if last else None, versions=versions)
    parts, chosen = [], []
    if last and form.is_valid():
        chosen = [by_number[form.cleaned_data[name]] for name in ("before", "after")]
        parts = between(*(row.snapshot for row in chosen))
    context = {
        "application": application,
        "form": form,
        "several": bool(last),
        "parts": parts,
        "chosen": chosen,
    }
    status = 422 if form.errors else 200
    return render(request, "applications/application_changes.html", context, status=status)
