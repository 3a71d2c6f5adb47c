"""The reviewer's pages: the queue, and one review from the declaration of interest to sending it."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require
from accounts.models import User
from accounts.permissions import Action
from applications import dossier, guards, judging, scoring
from applications.forms.review import InterestForm, ReviewForm
from applications.models import Review
from applications.views.answers import posted, status_of, tried
from applications.workflow import REVIEW
from core import dates
from core.forms import posted_version

REVIEWS_ON_A_PAGE = 25
# Nobody has more to write at once.
MOST_WAITING = 100
WRITABLE = ("interest_declared", "draft")


@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """The reviewer's queue by due date, then what was sent."""
    require(request.user, Action.DO_REVIEW)
    mine = (
        Review.objects.visible_to(request.user)
        .of(request.user)
        .live()
        .select_related("application__case", "application__call", "application__group")
    )
    sent = Paginator(mine.sent().order_by("-sent_at", "-pk"), REVIEWS_ON_A_PAGE)
    context = {
        "waiting": mine.unfinished().order_by("due_on", "pk")[:MOST_WAITING],
        "page": sent.get_page(request.GET.get("page")),
        "today": dates.today(),
    }
    return render(request, "applications/review_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: its reviewer declares interest, then writes and sends it; afterwards it is only read."""
    reviews = Review.objects.select_related(
        "application__case", "application__call", "application__group", "submission", "kept_for", "reviewer"
    )
    review = fetch(request.user, reviews, Action.VIEW_REVIEW, pk=pk)
    if request.method == "POST":
        require(request.user, Action.DO_REVIEW, review)
    if not request.user.can(Action.DO_REVIEW, review):
        return _read(request, review)
    if review.status == Review.Status.ASSIGNED:
        return _declare(request, review)
    if review.status in WRITABLE:
        return _write(request, review)
    if request.method == "POST":
        # Sent meanwhile, from another tab: the engine says so.
        REVIEW.apply(review, "send", by=request.user, now=dates.now(), version=posted_version(request))
    return _read(request, review)


def _declare(request: HttpRequest, review: Review) -> HttpResponse:
    """Interest comes first: the dossier opens only to who has none."""
    form = InterestForm(posted(request))
    user, now, version = request.user, dates.now(), posted_version(request)
    if request.method == "POST" and form.is_valid():
        data = {"no_interest": form.is_free, "reason": "" if form.is_free else form.cleaned_data["reason"]}
        if tried(
            form,
            lambda: REVIEW.apply(review, "declare_interest", by=user, now=now, version=version, data=data),
        ):
            if form.is_free:
                return redirect("review_detail", pk=review.pk)
            messages.success(request, _("Thank you. Somebody else will review it; an officer is told."))
            return redirect("review_list")
    return _page(request, "applications/review_interest.html", review, form)


def _write(request: HttpRequest, review: Review) -> HttpResponse:
    """Scores beside the dossier: save as often as wanted, send once it is complete."""
    sends = request.method == "POST" and request.POST.get("act") == "send"
    form = ReviewForm(
        posted(request), review=review, criteria=review.application.call.criteria.all(), complete=sends
    )
    if request.method == "POST" and form.is_valid():
        version = posted_version(request)
        if tried(form, lambda: save(form, review, request.user, version, sends=sends)):
            if sends:
                messages.success(request, _("You sent your review. It cannot be changed any more."))
            else:
                messages.success(request, _("Saved %(time)s.") % {"time": f"{clock():%H:%M}"})
            return redirect("review_detail", pk=review.pk)
    return _page(request, "applications/review_write.html", review, form)


def clock():
    """This moment, as the clock on the wall says in Buenos Aires."""
    return dates.now().astimezone(dates.BUENOS_AIRES)


def save(form: ReviewForm, review: Review, user: User, version: int, *, sends: bool) -> None:
    """Keep what was written, and send it when asked."""
    now = dates.now()
    saved = judging.save_review(
        by=user,
        review=review,
        scores=form.scores,
        comment=form.cleaned_data["comment"],
        advice=form.cleaned_data["advice"],
        version=version,
        now=now,
    )
    if sends:
        REVIEW.apply(saved, "send", by=user, now=now, version=saved.version)


def _read(request: HttpRequest, review: Review) -> HttpResponse:
    """A review as it stands. What is not sent yet is its reviewer's affair."""
    return _page(request, "applications/review_read.html", review)


def _page(
    request: HttpRequest, template: str, review: Review, form: InterestForm | ReviewForm | None = None
) -> HttpResponse:
    """The page, with the version that the row has now."""
    if request.method == "POST":
        review.refresh_from_db(fields=["version"])
    now = dates.now()
    context = {
        "review": review,
        "application": review.application,
        "form": form,
        "mine": review.reviewer_id == request.user.pk,
        # A review that is kept for a later version is finished on that one.
        "dossier": dossier.of(review.kept_for or review.submission),
        # Its words are its reviewer's own until it is sent.
        "shown": review.sent_at is not None,
        "closed": guards.review_has_begun(review, by=request.user, now=now, data={}),
        "total": typed_total(form) if isinstance(form, ReviewForm) else None,
        "late": review.status != Review.Status.SENT and review.is_live and review.due_on < dates.day_of(now),
    }
    return render(request, template, context, status=status_of(form))


def typed_total(form: ReviewForm) -> Decimal | None:
    """The weighted mean in per cent of the scores that stand in a form; None while one is missing."""
    if form.is_bound:
        scores = {pk: score for pk, (score, _reason) in form.scores.items()}
    else:
        scores = {each.pk: form[f"score_{each.pk}"].initial for each in form.criteria}
    return scoring.total_of(scores, form.criteria)


@require_POST
def review_total(request: HttpRequest, pk: int) -> HttpResponse:
    """The total of what is typed so far, unsaved: a part of the page for htmx."""
    reviews = Review.objects.select_related("application__call", "application__group")
    review = fetch(request.user, reviews, Action.DO_REVIEW, pk=pk)
    criteria = list(review.application.call.criteria.all())
    form = ReviewForm(request.POST, review=review, criteria=criteria)
    form.is_valid()
    return render(request, "applications/review_write.html#total", {"total": typed_total(form)})
