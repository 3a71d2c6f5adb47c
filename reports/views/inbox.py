"""The inbox: what waits for a person, how long, by when."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core import dates, duties
from core.forms import Form
from reports import inbox as rows
from reports import office_pages

ON_A_PAGE = 50


class InboxFilter(Form):
    """One kind of duty, or only what is late."""

    hides_optional = True

    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    late = forms.BooleanField(label=gettext_lazy("Only what is late"), required=False)

    def __init__(self, *args, kinds: dict[str, tuple[str, int]], **kwargs):
        super().__init__(*args, **kwargs)
        named = [(kind, f"{label} ({count})") for kind, (label, count) in kinds.items()]
        self.fields["kind"].choices = [("", _("Everything")), *named]  # type: ignore[attr-defined]


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything that this person owes or watches, and what they look after for a colleague."""
    today = dates.today()
    owed = duties.of(request.user, today)
    kinds = rows.kinds_of(owed)
    form = InboxFilter(request.GET, kinds=kinds)
    asked = form.cleaned_data if form.is_valid() else {}
    found = rows.asked_for(owed, asked, today)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "chips": chips(asked, kinds),
        "page": page,
        "groups": rows.groups_of(page.object_list, rows.kinds_of(found), today),
        "all": len(owed),
        "late": sum(duty.days_late(today) > 0 for duty in owed),
        "office_pages": office_pages.links(request.user),
    }
    return render(request, "reports/inbox.html", context, status=200 if form.is_valid() else 422)


def chips(asked: dict[str, Any], kinds: dict[str, tuple[str, int]]) -> list[dict[str, str]]:
    """The filters that are on, each with the inbox without it."""
    kind, late = asked.get("kind", ""), asked.get("late", False)
    found = []
    if kind:
        found.append({"label": kinds[kind][0], "url": "?late=on" if late else "?"})
    if late:
        found.append(
            {"label": _("Only what is late"), "url": f"?{urlencode({'kind': kind})}" if kind else "?"}
        )
    return found
