"""Pages about people: one's own account, people and their roles, invitations, the language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language as set_language_cookie

from accounts import actions
from accounts.access import require
from accounts.models import RoleGrant, User
from accounts.people_forms import EndForm, GrantForm, PeopleFilter, ProfileForm
from accounts.permissions import Action
from accounts.places import places_of
from accounts.roles import DESCRIPTIONS, NEED_SECOND_ADMIN, Role
from accounts.wording import rows_by_section
from core import dates
from core.workflow import Refusal

PEOPLE_ON_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def my_account(request: HttpRequest) -> HttpResponse:
    """Name and language, and what one may do, in plain words."""
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your account was saved."))
        return redirect("my_account")
    now = dates.now()
    grants = [grant for grant in RoleGrant.objects.not_ended(now).filter(user=user) if grant.is_live(now)]
    return render(
        request,
        "accounts/my_account.html",
        {
            "form": form,
            "grants": [(grant, DESCRIPTIONS[Role(grant.role)]) for grant in grants],
            "places": places_of(request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, with their roles."""
    require(request.user, Action.MANAGE_ROLES)
    now = dates.now()
    form = PeopleFilter(request.GET)
    found = User.objects.order_by("full_name", "pk").prefetch_related("role_grants")
    if form.is_valid():
        asked = form.cleaned_data
        found = found.matching(asked["q"])
        if asked["role"]:
            found = found.with_role(asked["role"], now)
        if asked["waiting"]:
            waiting = RoleGrant.objects.not_ended(now).filter(seconded_by=None, role__in=NEED_SECOND_ADMIN)
            found = found.filter(pk__in=waiting.values("user_id"))
    page = Paginator(found, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        (person, [grant for grant in person.role_grants.all() if not grant.has_ended(now)]) for person in page
    ]
    return render(
        request,
        "accounts/people.html",
        {"form": form, "page": page, "rows": rows},
        status=200 if form.is_valid() else 422,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: the roles that they have and had; a form to give another."""
    require(request.user, Action.MANAGE_ROLES)
    person = get_object_or_404(User, pk=pk)
    form = GrantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            grant = actions.grant_role(
                by=request.user,
                user=person,
                role=form.cleaned_data["role"],
                now=dates.now(),
                valid_to=form.valid_to,
                cases=form.cleaned_data["cases"],
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            waits = _("The role was given. It is in force once a second admin agrees.")
            messages.success(request, waits if grant.waits_for_second else _("The role was given."))
            return redirect("person_detail", pk=person.pk)
    return _person_page(request, person, form)


def _person_page(
    request: HttpRequest, person: User, form: GrantForm, ending: RoleGrant | None = None
) -> HttpResponse:
    """The page; `ending` is the role whose form to end it came back with errors."""
    now = dates.now()
    grants = person.role_grants.select_related("granted_by", "seconded_by").prefetch_related("scopes__case")
    rows = [
        {
            "grant": grant,
            "ended": grant.has_ended(now),
            "may_second": request.user.pk not in (grant.granted_by_id, grant.user_id),
            # Each form on the page has field ids of its own.
            "end_form": EndForm(request.POST if grant == ending else None, auto_id=f"id_%s_{grant.pk}"),
        }
        for grant in grants.order_by("-pk")
    ]
    context = {
        "person": person,
        "form": form,
        "forms": [row["end_form"] for row in rows],
        "rows": rows,
        "oneself": person.pk == request.user.pk,
    }
    status = 422 if form.is_bound or ending else 200
    return render(request, "accounts/person_detail.html", context, status=status)


@require_POST
def second_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree, as the second admin."""
    require(request.user, Action.MANAGE_ROLES)
    grant = get_object_or_404(RoleGrant, pk=pk)
    actions.second_role(by=request.user, grant=grant, now=dates.now())
    messages.success(request, _("The role is in force now."))
    return redirect("person_detail", pk=grant.user_id)


@require_POST
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role, saying why."""
    require(request.user, Action.MANAGE_ROLES)
    grant = get_object_or_404(RoleGrant.objects.select_related("user"), pk=pk)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _person_page(request, grant.user, GrantForm(), ending=grant)
    actions.end_role(by=request.user, grant=grant, now=dates.now(), reason=form.cleaned_data["reason"])
    messages.success(request, _("The role has ended."))
    return redirect("person_detail", pk=grant.user_id)


@require_safe
def permission_table(request: HttpRequest) -> HttpResponse:
    """Who may do what, as the code has it."""
    roles = [(role.label, DESCRIPTIONS[role]) for role in Role]
    return render(request, "accounts/permission_table.html", {"sections": rows_by_section(), "roles": roles})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What one is invited to. Accepting needs the account of the address that was invited."""
    found = actions.find_invitation(token)
    if found is None:
        raise Http404
    refusal, status = actions.over(found, dates.now()), 200
    if refusal:
        status = 410
    elif request.method == "POST" and request.user.is_authenticated:
        try:
            accepted = actions.accept(token=token, user=request.user, now=dates.now())
        except Refusal as refused:
            refusal, status = refused.sentence, refused.status_code
        else:
            messages.success(request, _("You accepted the invitation."))
            return redirect(accepted.next_url or "home")
    known_role = found.role in Role.values
    context = {
        "invitation": found,
        "description": DESCRIPTIONS[Role(found.role)] if known_role else "",
        "refusal": refusal,
        "over": status == 410,
        "other_address": request.user.is_authenticated and request.user.email != found.email,
    }
    return render(request, "accounts/invitation.html", context, status=status)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language: in the cookie, and in the account of who is signed in."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return set_language_cookie(request)
