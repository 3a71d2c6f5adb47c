"""The coordinator's salary: the own months, a project's, one month with its invoice and note, the account it goes to."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import fresh
from accounts.access import fetch, require
from accounts.fresh import fresh_login
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from core.lists import BoundedPaginator, chips
from grants import actions as project_actions
from grants import same_account
from grants.forms import ConfirmForm, ReasonForm
from grants.models import Payee, SalaryLine, SalaryMonth
from grants.salary import actions, counting, guards
from grants.salary.forms import AccountForm, HandInForm, MonthFilter, RemarkForm
from grants.saving import saved_once
from grants.views.acts import acts_of
from grants.workflow import SALARY

ON_A_PAGE = 25
DONE = {
    "return": gettext_lazy("Returned. The coordinator is told what to change."),
    "accept": gettext_lazy("Accepted. Finance can order the payment."),
}


@require_safe
def salary_list(request: HttpRequest) -> HttpResponse:
    """Months of the salary that this person sees: the own ones, and for staff all; what waits first."""
    form = MonthFilter(request.GET)
    rows = SalaryMonth.objects.visible_to(request.user).real().with_case()
    if form.is_valid():
        rows = rows.matching(form.cleaned_data["q"])
        if form.cleaned_data["status"]:
            rows = rows.filter(status=form.cleaned_data["status"])
    rows = rows.prefetch_related("tranche__disbursements").order_by("-last_on", "-id")
    context = {
        "form": form,
        "page": BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "chips": chips(request, form) if form.is_valid() else [],
        "staff": request.user.is_staff_member,
    }
    return render(request, "grants/salary_list.html", context, status=200 if form.is_valid() else 422)


@require_safe
def project_salary(request: HttpRequest, pk: int) -> HttpResponse:
    """A project's salary: what was earned month by month, what is left, and to which accounts it goes."""
    line = fetch(
        request.user, SalaryLine.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, project_id=pk
    )
    months = SalaryMonth.objects.visible_to(request.user).real().with_case().filter(project_id=pk)
    user = request.user
    context = {
        "line": line,
        "project": line.project,
        "months": months.prefetch_related("tranche__disbursements"),
        "earned": counting.earned_in_all(line),
        "left": counting.left_of(line),
        "rates": [rate for rate in counting.rates_of(line) if rate.per_month],
        "accounts": _accounts(line, user),
        "may_hand_in": user.can(Action.HAND_IN_SALARY, line),
        "reads_accounts": user.can(Action.VIEW_INTERNAL, line.project),
        "knows_project": user.can(Action.VIEW_PROJECT, line.project),
        "due_days": actions.DAYS_TO_HAND_IN,
    }
    return render(request, "grants/project_salary.html", context)


def _accounts(line: SalaryLine, user: Any) -> Any:
    """The accounts to which salaries go now; who earned one sees their own alone."""
    rows = line.project.payees.filter(current=True, person__isnull=False).select_related("person")
    return rows if user.can(Action.VIEW_PAYMENTS, line.project) else rows.filter(person=user)


@require_http_methods(["GET", "HEAD", "POST"])
@saved_once
def salary_month(request: HttpRequest, pk: int) -> HttpResponse:
    """One month; and, while it is the person's turn, the form with which it is handed in."""
    month = fetch(request.user, SalaryMonth.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, pk=pk)
    user, now = request.user, dates.now()
    mine = month.person_id == user.pk
    files = request.FILES if request.method == "POST" else None
    # The form writes into its own: the page shows what is on record.
    form = HandInForm(posted(request), files, instance=copy(month), now=now)
    if request.method == "POST":
        require(user, Action.HAND_IN_SALARY, month)
        if form.is_valid():
            said = {name: form.cleaned_data[name] for name in HandInForm.Meta.fields}
            if tried(
                form,
                lambda: actions.hand_in(
                    by=user,
                    month=month,
                    now=now,
                    version=posted_version(request),
                    invoice=form.cleaned_data["upload"],
                    **said,
                ),
            ):
                messages.success(
                    request, _("Handed in. An officer looks at it; then finance orders the payment.")
                )
                return redirect("salary_month", pk=pk)
    submit = SALARY.by_name["submit"]
    tranche = month.tranche
    context = {
        "month": month,
        "project": month.project,
        "form": form,
        "writes": mine and month.is_owed,
        "refusal": SALARY.refusal(month, submit, by=user, now=now, data={}) if mine else "",
        "payee": month.payee,
        "tranche": tranche,
        "payment": tranche.last_disbursement if tranche else None,
        "held": guards.why_held(month, dates.day_of(now)) if month.status != "void" else "",
        "mine": mine,
        "knows_project": user.can(Action.VIEW_PROJECT, month.project),
        # It is handed in with the form of this page.
        "available": acts_of(SALARY, month, "salary_act", by=user, now=now, but=("submit",)),
        "may_order": user.can(Action.ORDER_PAYMENT, month),
    }
    return render(request, "grants/salary_month.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def salary_act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """An officer accepts a month, or returns it with what to change."""
    if name not in DONE:
        raise Http404
    row = SALARY.by_name[name]
    month = fetch(request.user, SalaryMonth.objects.with_case().with_roles(), row.permission, pk=pk)
    now = dates.now()
    form = RemarkForm(posted(request)) if name == "return" else ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        data, version = dict(form.cleaned_data), posted_version(request)
        if tried(
            form, lambda: SALARY.apply(month, name, by=request.user, now=now, version=version, data=data)
        ):
            messages.success(request, str(DONE[name]))
            return redirect("salary_month", pk=pk)
    context = {
        "form": form,
        "month": month,
        "row": row,
        "refusal": SALARY.refusal(month, row, by=request.user, now=now, data={}),
    }
    return render(request, "grants/salary_act.html", context, status=status_of(form))


# --- The account ----------------------------------------------------------------------------------------


@fresh_login(reads=True)
@require_http_methods(["GET", "HEAD", "POST"])
def salary_account(request: HttpRequest, pk: int) -> HttpResponse:
    """The own account, and a form to give another; for an officer, the accounts to check."""
    line = fetch(
        request.user, SalaryLine.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, project_id=pk
    )
    form = AccountForm(posted(request))
    if request.method == "POST":
        require(request.user, Action.HAND_IN_SALARY, line)
        if form.is_valid() and tried(
            form,
            lambda: actions.enter_account(by=request.user, line=line, now=dates.now(), **form.cleaned_data),
        ):
            messages.success(request, _("Saved. Nothing is paid to it until an officer has checked it."))
            return redirect("salary_account", pk=pk)
    return _account_page(request, line, form=form)


@fresh_login
@require_POST
def account_check(request: HttpRequest, pk: int, payee_pk: int) -> HttpResponse:
    """An officer says that holder, CUIT and account are right."""
    line, payee = _asked(request, pk, payee_pk)
    form = ConfirmForm(request.POST)
    if tried(form, lambda: project_actions.check_payee(by=request.user, payee=payee, now=dates.now())):
        messages.success(request, _("Checked: payments may go to this account."))
        return redirect("salary_account", pk=pk)
    return _account_page(request, line, check=form)


@fresh_login
@require_POST
def account_refuse(request: HttpRequest, pk: int, payee_pk: int) -> HttpResponse:
    """An officer says what is wrong with it."""
    line, payee = _asked(request, pk, payee_pk)
    form = ReasonForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: project_actions.refuse_payee(
            by=request.user, payee=payee, reason=form.cleaned_data["reason"], now=dates.now()
        ),
    ):
        messages.success(request, _("The coordinator is told to enter another account."))
        return redirect("salary_account", pk=pk)
    return _account_page(request, line, refuse=form)


def _asked(request: HttpRequest, pk: int, payee_pk: int) -> tuple[SalaryLine, Payee]:
    line = fetch(
        request.user, SalaryLine.objects.with_case().with_roles(), Action.VIEW_PAYMENTS, project_id=pk
    )
    require(request.user, Action.MANAGE_AGREEMENT, line)
    return line, get_object_or_404(line.project.payees.filter(person__isnull=False), pk=payee_pk)


def _account_page(request: HttpRequest, line: SalaryLine, **forms: Any) -> HttpResponse:
    user = request.user
    form, check, refuse = forms.get("form"), forms.get("check"), forms.get("refuse")
    may_check = user.can(Action.MANAGE_AGREEMENT, line)
    context = {
        "line": line,
        "project": line.project,
        "form": form or AccountForm(),
        "refuse": refuse or ReasonForm(),
        "forms": [made for made in (form, check, refuse) if made is not None],
        "may_edit": user.can(Action.HAND_IN_SALARY, line) and not guards.why_no_account(line.project),
        "may_check": may_check,
        "ask_first": fresh.url_to_ask(request),
        "reads_accounts": user.can(Action.VIEW_INTERNAL, line.project),
        "accounts": [
            {
                "payee": payee,
                "stop": payee.open_stop,
                "refusal": project_actions.payee_check_refusal(payee, by=user),
                "warnings": same_account.same_cbu(payee) if may_check and not payee.is_checked else [],
            }
            for payee in _accounts(line, user)
            # In full only to whose it is, and to the programme.
            if payee.person_id == user.pk or user.can(Action.VIEW_INTERNAL, line.project)
        ],
    }
    return render(request, "grants/salary_account.html", context, status=status_of(form, check, refuse))
