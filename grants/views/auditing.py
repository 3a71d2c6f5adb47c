"""For who looks after the fact: the trail of a peso from each end, and samples."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import fetch, require_held
from accounts.permissions import Action
from applications.models import Call
from applications.views.answers import posted, status_of
from core import dates
from core.forms import DateField, Form, WholeNumberField
from core.money import ZERO
from grants import sampling, trail
from grants.models import BankListItem, Disbursement, Expense


@require_safe
def payment_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """From the resolution to the invoices that stand for a payment."""
    payment = fetch(request.user, Disbursement.objects.with_case(), Action.FOLLOW_MONEY, pk=pk)
    found = trail.trail_of(payment.project)
    pieces = found.of_payment(payment)
    shown = sum((piece.amount for piece in pieces), ZERO)
    assets = trail.assets_of({piece.expense.pk for piece in pieces if piece.expense})
    context = {
        "project": payment.project,
        "approval": found.approval,
        "payment": payment,
        "bank_list": BankListItem.objects.filter(disbursement=payment, live=True)
        .select_related("bank_list")
        .first(),
        "rows": [(piece, assets[piece.expense.pk] if piece.expense else []) for piece in pieces],
        "may_find": request.user.can(Action.WRITE_FINDING, payment),
        "shown": shown,
        "left": (payment.amount if payment.status == Disbursement.Status.PAID else ZERO) - shown,
    }
    return render(request, "grants/payment_trail.html", context)


@require_safe
def expense_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """From an invoice back to the payments for which it stands, and to the resolution."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.FOLLOW_MONEY, pk=pk)
    found = trail.trail_of(expense.project)
    pieces = found.of_expense(expense)
    shown = sum((piece.amount for piece in pieces), ZERO)
    context = {
        "project": expense.project,
        "approval": found.approval,
        "expense": expense,
        "payments": expense.payments.all(),
        "pieces": pieces,
        "assets": trail.assets_of([expense.pk])[expense.pk],
        "may_find": request.user.can(Action.WRITE_FINDING, expense),
        "shown": shown,
        "left": (expense.programme_share if expense.status == Expense.Status.VERIFIED else ZERO) - shown,
    }
    return render(request, "grants/expense_trail.html", context)


# --- Samples ---------------------------------------------------------------------------------------------


class SampleForm(Form):
    """What defines a sample; in the URL, so that the same address is the same sample."""

    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        help_text=gettext_lazy("Any word or number. The same seed draws the same sample."),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "answer-20", "autocomplete": "off"}),
    )
    size = WholeNumberField(
        label=gettext_lazy("Places of the sample"), min_value=1, max_value=sampling.MOST_PLACES
    )
    until = DateField(
        label=gettext_lazy("Verified until"),
        help_text=gettext_lazy("A day that is over: what was verified until then does not change."),
    )
    call = forms.ModelChoiceField(
        label=gettext_lazy("Call"), queryset=Call.objects.none(), to_field_name="code", required=False
    )

    def __init__(self, *args: Any, user: Any, today: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today
        calls = self.fields["call"]
        assert isinstance(calls, forms.ModelChoiceField)
        calls.queryset = Call.objects.visible_to(user).order_by("-opens_at", "-id")
        calls.empty_label = _("All")

    def clean_seed(self) -> str:
        return " ".join(self.cleaned_data["seed"].split())

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until >= self.today:
            raise forms.ValidationError(_("Choose a day that is over."))
        return until

    def wish(self) -> sampling.Wish:
        """What was asked for."""
        data = self.cleaned_data
        call = data["call"].code if data["call"] else ""
        return sampling.Wish(seed=data["seed"], size=data["size"], until=data["until"], call=call)


@require_http_methods(["GET", "HEAD", "POST"])
def audit_sample(request: HttpRequest) -> HttpResponse:
    """Draw a sample, look at it, and ask for its files."""
    user, now = request.user, dates.now()
    require_held(user, Action.DRAW_SAMPLE)
    asked = posted(request) if request.method == "POST" else request.GET if "seed" in request.GET else None
    form = SampleForm(asked, user=user, today=dates.day_of(now))
    drawn = None
    if form.is_bound and form.is_valid():
        if request.method == "POST":
            job = sampling.ask(by=user, wish=form.wish(), now=now)
            return redirect("job", pk=job.pk)
        drawn = sampling.sample_of(user, form.wish())
    context = {"form": form, "drawn": drawn, "query": form.data if drawn else {}}
    return render(request, "grants/audit_sample.html", context, status=status_of(form))
