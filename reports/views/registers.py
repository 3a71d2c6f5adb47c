"""What came of projects: all of one project, and the two registers of the office, certificates and machines."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates, tables
from core.forms import Form, posted_version
from core.lists import BoundedPaginator, chips
from core.money import ZERO
from grants.models import Project
from grants.trail import trail_of
from reports.ledgers import actions, registers
from reports.ledgers.entries import certificate_rows, machine_rows
from reports.ledgers.querysets import SOON
from reports.ledgers.register_forms import (
    CertificateFilter,
    CheckForm,
    LetGoForm,
    MachineFilter,
    PlanForm,
    RenewalForm,
)
from reports.models import CertificateRenewal, Certification, CheckPlan, Machine

ON_A_PAGE = 25
WRITERS = {"csv": tables.csv_response, "xlsx": tables.xlsx_response}


@require_safe
def project_outcomes(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of one project, of its accepted reports: totals, and each ledger."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.VIEW_PROJECT, pk=pk)
    today = dates.today()
    context = {
        "project": project,
        "staff": request.user.is_staff_member,
        "today": today,
        "may_plan": request.user.can(Action.CHECK_MACHINE, project),
        "plan": CheckPlan.objects.filter(project=project).first(),
        **registers.of_project(project, today),
    }
    return render(request, "reports/ledgers/project_outcomes.html", context)


# --- Certificates --------------------------------------------------------------------------------------


@require_safe
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Every certificate that this person of the office may see, the next to expire first."""
    require_held(request.user, Action.VIEW_REPORT)
    form = CertificateFilter(request.GET)
    rows = _certificates(request, form)
    page = BoundedPaginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return _register(request, "reports/ledgers/certificate_list.html", form, page)


def _certificates(request: HttpRequest, form: Form) -> Any:
    found: Any = Certification.objects.visible_to(request.user).counted()
    if form.is_valid():
        found = registers.certificates_asked_for(found, form.cleaned_data, dates.today())
    return found.with_expiry().with_case().select_related("firm").order_by("valid_until", "pk")


def _register(request: HttpRequest, template: str, form: Form, page: Any) -> HttpResponse:
    context = {
        "form": form,
        "page": page,
        "chips": chips(request, form) if form.is_valid() else [],
        "filtered": any(request.GET.get(name) for name in form.fields),
        "today": dates.today(),
        "soon": dates.today() + SOON,
    }
    return render(request, template, context, status=200 if form.is_valid() else 422)


@require_safe
def certificate_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list finds, all of its pages, in its order."""
    require_held(request.user, Action.VIEW_REPORT)
    form = CertificateFilter(request.GET)
    if kind not in WRITERS or not form.is_valid():
        raise Http404
    name = f"certificates-{dates.today():%Y-%m-%d}.{kind}"
    rows = _certificates(request, form).iterator(chunk_size=1000)
    return WRITERS[kind](name, registers.CERTIFICATE_COLUMNS, rows)


def _fetch_certificate(request: HttpRequest, pk: int, action: Action) -> Any:
    # What is being written is seen by those who write it, in the report.
    rows = Certification.objects.counted().with_expiry().with_case().select_related("firm", "let_go_by")
    return fetch(request.user, rows, action, pk=pk)


@require_safe
def certificate_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate with its renewals."""
    row = _fetch_certificate(request, pk, Action.VIEW_REPORT)
    context = {
        "row": row,
        "rows": certificate_rows(row),
        "renewals": row.renewals.select_related("document", "recorded_by"),
        "state": registers.certificate_state(row, dates.today()),
        "may_keep": request.user.can(Action.KEEP_CERTIFICATE, row),
        "refusal": actions.why_not_kept(row),
    }
    return render(request, "reports/ledgers/certificate_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """It was renewed: its new number and last day."""
    row = _fetch_certificate(request, pk, Action.KEEP_CERTIFICATE)
    sent = request.method == "POST"
    form = RenewalForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        instance=CertificateRenewal(number=row.number),
        valid_until=row.valid_until,
        today=dates.today(),
    )
    if (
        sent
        and form.is_valid()
        and tried(
            form,
            lambda: actions.renew(
                by=request.user,
                certification=row,
                renewal=form.save(commit=False),
                upload=form.cleaned_data["upload"],
                now=dates.now(),
            ),
        )
    ):
        messages.success(request, _("The renewal was written down."))
        return redirect("certificate_detail", pk=pk)
    return _certificate_act(request, row, form, _("Renew the certificate"), "success")


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_let_go(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not renewed, and why."""
    row = _fetch_certificate(request, pk, Action.KEEP_CERTIFICATE)
    form = LetGoForm(posted(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: actions.let_go(
                by=request.user, certification=row, reason=form.cleaned_data["reason"], now=dates.now()
            ),
        )
    ):
        messages.success(request, _("Written down. Nobody is reminded of it any more."))
        return redirect("certificate_detail", pk=pk)
    return _certificate_act(request, row, form, _("Say that it is not renewed"), "secondary")


def _certificate_act(request: HttpRequest, row: Any, form: Any, label: str, style: str) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "label": label,
        "style": style,
        "refusal": actions.why_not_kept(row),
    }
    return render(request, "reports/ledgers/certificate_act.html", context, status=status_of(form))


# --- Machines ------------------------------------------------------------------------------------------


@require_safe
def machine_list(request: HttpRequest) -> HttpResponse:
    """Every machine in joint use that this person of the office may see, the next to be checked first."""
    require_held(request.user, Action.VIEW_REPORT)
    form = MachineFilter(request.GET)
    page = BoundedPaginator(_machines(request, form), ON_A_PAGE).get_page(request.GET.get("page"))
    return _register(request, "reports/ledgers/machine_list.html", form, page)


def _machines(request: HttpRequest, form: Form) -> Any:
    today = dates.today()
    found: Any = Machine.objects.visible_to(request.user).counted().with_checks(today)
    if form.is_valid():
        found = registers.machines_asked_for(found, form.cleaned_data, today)
    return found.with_case().order_by("next_check", "pk")


@require_safe
def machine_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list finds, all of its pages, in its order."""
    require_held(request.user, Action.VIEW_REPORT)
    form = MachineFilter(request.GET)
    if kind not in WRITERS or not form.is_valid():
        raise Http404
    rows = _machines(request, form).prefetch_related("shares__firm").iterator(chunk_size=1000)
    return WRITERS[kind](f"machines-{dates.today():%Y-%m-%d}.{kind}", registers.MACHINE_COLUMNS, rows)


def _fetch_machine(request: HttpRequest, pk: int, action: Action) -> Any:
    rows = (
        Machine.objects.counted()
        .with_checks(dates.today())
        .with_insurance()
        .with_case()
        .select_related("line")
    )
    rows = rows.prefetch_related("shares__firm", "photos__document", "invoices__expense__statement")
    return fetch(request.user, rows, action, pk=pk)


@require_safe
def machine_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One machine: whose it is, and what each check found."""
    machine = _fetch_machine(request, pk, Action.VIEW_REPORT)
    context = {
        "machine": machine,
        # The invoices and the photographs stand below, to be opened; there too, that it has no insurance.
        "rows": machine_rows(machine)[: -2 if machine.insured_until else -3],
        "insurances": machine.insurances.select_related("document"),
        "bought": _bought(request, machine),
        "invoiced": sum((link.expense.total for link in machine.invoices.all()), ZERO),
        "may_keep": request.user.can(Action.KEEP_MACHINE, machine),
        "done": machine.checks.done()
        .select_related("done_by")
        .prefetch_related("photos__document")
        .order_by("-done_on", "-pk"),
        "planned": machine.checks.owed().order_by("due_on"),
        "plan": CheckPlan.objects.filter(project_id=machine.report.project_id).first(),
        "today": dates.today(),
        "may_check": request.user.can(Action.CHECK_MACHINE, machine),
    }
    return render(request, "reports/ledgers/machine_detail.html", context)


def _bought(request: HttpRequest, machine: Any) -> list[dict[str, Any]]:
    """The invoices that bought a machine; for whoever follows the money, with the payments for which each stands. The
    pesos of the project are followed once, however many invoices there are."""
    links, user = list(machine.invoices.all()), request.user
    follows = bool(links) and user.can(Action.FOLLOW_MONEY, machine.project)
    found = trail_of(machine.project) if follows else None
    opens = bool(links) and user.can(Action.VIEW_STATEMENT, machine.project)
    return [
        {
            "expense": link.expense,
            "opens": opens,
            "pieces": found.of_expense(link.expense) if found else [],
            "approval": found.approval if found else None,
        }
        for link in links
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def machine_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found at a machine."""
    machine = _fetch_machine(request, pk, Action.CHECK_MACHINE)
    sent, today = request.method == "POST", dates.today()
    form = CheckForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        machine=machine,
        today=today,
        initial={"done_on": today},
    )
    if sent and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("done_on", "found", "condition", "note")}
        if tried(
            form,
            lambda: actions.record_check(
                by=request.user, machine=machine, photos=form.uploads, now=dates.now(), **data
            ),
        ):
            messages.success(request, _("The check was written down."))
            return redirect("machine_detail", pk=pk)
    context = {
        "machine": machine,
        "form": form,
        "counts_for": actions.planned_check(machine, today),
        "next": machine.next_check,
    }
    return render(request, "reports/ledgers/machine_check.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def check_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """How long and how often the machines of a project are looked at."""
    project = fetch(request.user, Project.objects.with_case().with_roles(), Action.CHECK_MACHINE, pk=pk)
    plan = CheckPlan.objects.filter(project=project).first()
    call = project.call
    form = PlanForm(posted(request), instance=CheckPlan(
        every_months=plan.every_months if plan else call.check_every_months or 12,
        years=plan.years if plan else call.check_years or 3,
    ))  # fmt: skip
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: actions.set_plan(
                by=request.user,
                project=project,
                version=posted_version(request),
                now=dates.now(),
                **form.cleaned_data,
            ),
        )
    ):
        messages.success(request, _("Saved. The checks are planned."))
        return redirect("project_outcomes", pk=pk)
    context = {
        "project": project,
        "plan": plan,
        "form": form,
        "machines": Machine.objects.of_project(project).counted(),
    }
    return render(request, "reports/ledgers/check_plan.html", context, status=status_of(form))
