"""The register of firms, for staff, and a firm's own page, for staff and for the people of its groups."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import fetch, require_held
from accounts.permissions import THE_GROUP, Action
from core import dates, timeline
from core.lists import MOST_COUNTED, BoundedPaginator, chips
from groups.forms import FirmFilter
from groups.models import Firm, Group, Membership
from groups.querysets import written_group_ids
from groups.size import linked_sales_doubt, size_of

ON_A_PAGE = 25
EVENTS_SHOWN = 50


@require_safe
def firm_list(request: HttpRequest) -> HttpResponse:
    """All firms that a staff role opens, to search."""
    require_held(request.user, Action.VIEW_FIRM)
    form = FirmFilter(request.GET)
    places = Membership.objects.current().filter(group__in=Group.objects.visible_to(request.user))
    found = (
        Firm.objects.visible_to(request.user)
        .select_related("sector")
        .prefetch_related(Prefetch("memberships", places.select_related("group"), to_attr="places"))
    )
    on = []
    if form.is_valid():
        asked = form.cleaned_data
        found = found.matching(asked["q"])
        found = found.filter(province=asked["province"]) if asked["province"] else found
        found = found.filter(sector=asked["sector"]) if asked["sector"] else found
        on = chips(request, form)
    page = BoundedPaginator(found.order_by("name", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "chips": on, "page": page, "most": MOST_COUNTED}
    return render(request, "groups/firm_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def firm_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A firm: its data, what makes its size, its groups, its history.

    The people of a group see of its other groups nothing, and its history only while there are no others; they see no
    figures that the firm entered itself.
    """
    user, today = request.user, dates.today()
    firm = fetch(user, Firm.objects.select_related("sector", "activity", "case"), Action.VIEW_FIRM, pk=pk)
    office = firm.roles_of(user).isdisjoint(THE_GROUP)
    figures = office or not firm.sales_are_private
    places = list(firm.memberships.select_related("group").order_by("-joined_on", "-pk"))
    seen = set(
        Group.objects.visible_to(user)
        .filter(pk__in=[place.group_id for place in places])
        .values_list("pk", flat=True)
    )
    size = size_of(firm, today, figures=office)
    shown = [place for place in places if place.group_id in seen]
    written = set(written_group_ids(user).values_list("group_id", flat=True))
    context = {
        "firm": firm,
        "size": size,
        "linked_doubt": linked_sales_doubt(firm, size) if figures else "",
        "figures": figures,
        "years": firm.years.all() if figures else (),
        "links": firm.links.all() if figures else (),
        "certificates": firm.certificates.select_related("document"),
        "today": today,
        "places": shown,
        "edited_in": next((p.group for p in shown if p.left_on is None and p.group_id in written), None),
        "office": office,
        "history": timeline.rows(firm.case, user, EVENTS_SHOWN)
        if office or len(shown) == len(places)
        else None,
    }
    return render(request, "groups/firm_detail.html", context)
