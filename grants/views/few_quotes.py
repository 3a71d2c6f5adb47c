"""Fewer quotes than the call asks for: the group says why, somebody of the programme accepts it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import fetch
from accounts.permissions import Action
from applications.views.answers import posted, status_of, tried
from core import dates
from core.forms import posted_version
from grants.expenses import quoting
from grants.expenses.books import Books
from grants.expenses.checks import lacks_quotes
from grants.expenses.judging_forms import FewQuotesForm
from grants.forms import ConfirmForm
from grants.models import Expense


def about_quotes(expense: Expense, books: Books, user: Any) -> dict[str, Any]:
    """For the page of an expense: what the group said, and whose step is next."""
    lacks = expense.is_to_judge and lacks_quotes(expense, books)
    said = books.few_quotes.get(expense.pk) if books.call.quotes_needed else None
    return {
        "few_quotes": said,
        "may_say_why": lacks and expense.may_be_written and user.can(Action.EDIT_EXPENSE, expense),
        "may_accept_few": lacks
        and said is not None
        and not said.is_accepted
        and expense.waits_to_be_judged
        and user.can(Action.ACCEPT_FEW_QUOTES, expense),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def few_quotes_say(request: HttpRequest, pk: int) -> HttpResponse:
    """The group says why there are fewer quotes, as a sole supplier."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.EDIT_EXPENSE, pk=pk)
    books = Books(expense.project, dates.today())
    said = books.few_quotes.get(pk)
    form = FewQuotesForm(posted(request), initial={"ground": said.ground if said else ""})
    if request.method == "POST" and form.is_valid():
        ground, version, now = form.cleaned_data["ground"], posted_version(request), dates.now()
        if tried(
            form,
            lambda: quoting.say_why(
                by=request.user, expense=expense, ground=ground, now=now, version=version
            ),
        ):
            messages.success(request, _("Saved. Somebody of the programme reads it with the expense."))
            return redirect("expense_detail", pk=pk)
    context = {"form": form, "expense": expense, "call": books.call}
    return render(request, "grants/few_quotes_say.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def few_quotes_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the programme reads why, and lets it stand."""
    expense = fetch(request.user, Expense.objects.with_case(), Action.ACCEPT_FEW_QUOTES, pk=pk)
    form, now = ConfirmForm(posted(request)), dates.now()
    if request.method == "POST" and tried(
        form,
        lambda: quoting.accept(by=request.user, expense=expense, now=now, version=posted_version(request)),
    ):
        messages.success(request, _("It stands with fewer quotes. The expense can be judged."))
        return redirect("expense_detail", pk=pk)
    books = Books(expense.project, dates.day_of(now))
    context = {
        "form": form,
        "expense": expense,
        "call": books.call,
        "few_quotes": books.few_quotes.get(pk),
        "quotes": books.quotes_of(expense),
        "refusal": quoting.accept_refusal(expense, by=request.user, now=now),
    }
    return render(request, "grants/few_quotes_accept.html", context, status=status_of(form))
