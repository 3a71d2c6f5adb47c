"""The reviewer's pages: the queue, and one review from the declaration of interest to sending it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require
from accounts.permissions import Action
from applications import agreeing, dossier, guards, judging, merging, scoring
from applications.forms.review import DeclineForm, InterestForm, ReviewForm
from applications.models import Review
from applications.querysets import UNSENT_REVIEW
from applications.views.answers import posted, status_of, tried
from applications.views.merged import Conflict, Merged, saved_at, swapped
from applications.workflow import REVIEW
from core import dates
from core.conflict import carried
from core.forms import posted_version
from core.workflow import StaleObject

REVIEWS_ON_A_PAGE = 25
# Nobody has more to write at once.
MOST_WAITING = 100


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
    reviews = Review.objects.with_roles().select_related("submission", "kept_for", "reviewer")
    review = fetch(request.user, reviews, Action.VIEW_REVIEW, pk=pk)
    if request.method == "POST":
        require(request.user, Action.DO_REVIEW, review)
    if not request.user.can(Action.DO_REVIEW, review):
        return _read(request, review)
    if review.status == Review.Status.ASSIGNED:
        return _declare(request, review)
    saves_itself = request.method == "POST" and request.htmx  # type: ignore[attr-defined]
    if review.status in judging.WRITABLE or saves_itself:
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


class Desk(Merged):
    """One review on the page of its reviewer, who may have it open in two windows."""

    def __init__(self, request: HttpRequest, review: Review):
        super().__init__(request)
        self.review = review

    @property
    def version(self) -> int:
        """The review's, as the page carries it."""
        return self.review.version

    def show_conflict(self, differences: list[tuple[str, Any, Any]]) -> None:
        """Keep for the page what both windows wrote, and the version of now."""
        self.conflict = Conflict("", "", differences)
        self.review.refresh_from_db(fields=["version"])

    @property
    def said(self) -> list[str]:
        """What a save has to say besides that it saved."""
        if not self.kept:
            return []
        sentence = _(
            "Another window saved this meanwhile, and it was kept: %(fields)s. Load this page again to see it."
        )
        return [sentence % {"fields": ", ".join(self.kept)}]


def _write(request: HttpRequest, review: Review) -> HttpResponse:
    """Scores beside the dossier. With htmx they are saved whenever a field is left; sent once all is there."""
    auto = bool(request.htmx)  # type: ignore[attr-defined]
    # What saves itself never sends: htmx tells the button that was pressed last, while the form itself is on its way.
    sends = request.method == "POST" and request.POST.get("act") == "send" and not auto
    criteria = review.application.call.criteria.all()
    form = ReviewForm(posted(request), review=review, criteria=criteria, complete=sends)
    frame = Desk(request, review)
    if request.method != "POST":
        written = {
            each.pk: (form.stands(f"score_{each.pk}"), form.stands(f"reason_{each.pk}"))
            for each in form.criteria
        }
        frame.was = carried(judging.as_written(written, review.comment, review.advice))
        return _page(request, "applications/review_write.html", review, form, frame=frame)
    frame.status = 422
    saved = form.is_valid() and save(frame, form, sends=sends)
    if auto:
        if not saved and form.is_bound and _was_sent(review, form):
            return HttpResponse(status=204)
        context = {"frame": frame, "form": form, "saved": saved_at(frame) if saved else ""}
        return swapped(request, "applications/review_write.html#saved", context, saved=saved)
    if not saved:
        return _page(request, "applications/review_write.html", review, form, frame=frame)
    if sends:
        messages.success(request, _("You sent your review. It cannot be changed any more."))
    else:
        for sentence in (saved_at(frame), *frame.said):
            messages.success(request, sentence)
    return redirect("review_detail", pk=review.pk)


def _was_sent(review: Review, form: ReviewForm) -> bool:
    """Whether a save was still on its way when the form itself was sent, with all that it has: nothing is lost then."""
    sent = Review.objects.sent().filter(pk=review.pk).first()
    if sent is None or not hasattr(form, "cleaned_data"):
        return False
    scores = {row.criterion_id: (row.score, row.reason) for row in sent.scores.all()}
    data = form.cleaned_data
    typed = judging.as_written(form.scores, data.get("comment", ""), data.get("advice", ""))
    return typed == judging.as_written(scores, sent.comment, sent.advice)


def save(frame: Desk, form: ReviewForm, *, sends: bool) -> bool:
    """Keep what was written, and send it when asked, both or neither; what refuses it stands at the form."""
    review, by, now = frame.review, frame.request.user, frame.now
    scores, comment, advice = form.scores, form.cleaned_data["comment"], form.cleaned_data["advice"]

    @transaction.atomic
    def act(was: dict[str, str], version: int) -> merging.Merge:
        saved = judging.save_review(
            by=by,
            review=review,
            scores=scores,
            comment=comment,
            advice=advice,
            was=was,
            version=version,
            now=now,
        )
        assert saved.merge is not None
        # What another window wrote is not sent unseen. What this page saved itself a moment ago is its own.
        if sends and saved.merge.kept:
            raise StaleObject
        if sends:
            REVIEW.apply(saved, "send", by=by, now=now, version=saved.version)
        else:
            review.version = saved.version
        return saved.merge

    return frame.save_fields(
        act, form=form, typed=judging.as_written(scores, comment, advice), words=_in_words
    )


def _in_words(name: str, value: str) -> str:
    """What stands in a field as people read it, in the notice of a conflict."""
    return str(dict(Review.Advice.choices).get(value, value)) if name == "advice" else value


@require_http_methods(["GET", "HEAD", "POST"])
def review_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a review, with the reason, until it is sent: the officer hears, and assigns somebody else."""
    review = fetch(request.user, Review.objects.with_roles(), Action.DO_REVIEW, pk=pk)
    form, user, version = DeclineForm(posted(request)), request.user, posted_version(request)
    closed = (
        "" if review.status in UNSENT_REVIEW else _("You sent your review: it cannot be declined any more.")
    )
    if request.method == "POST" and form.is_valid():
        given = form.given
        if tried(
            form,
            lambda: REVIEW.apply(review, "decline", by=user, now=dates.now(), version=version, data=given),
        ):
            messages.success(request, _("Thank you. Somebody else will review it; an officer is told."))
            return redirect("review_list")
    if request.method == "POST":
        review.refresh_from_db(fields=["version"])
    context = {"review": review, "application": review.application, "form": form, "closed": closed}
    return render(request, "applications/review_decline.html", context, status=status_of(form))


def _read(request: HttpRequest, review: Review) -> HttpResponse:
    """A review as it stands. What is not sent yet is its reviewer's affair."""
    return _page(request, "applications/review_read.html", review)


def _page(
    request: HttpRequest,
    template: str,
    review: Review,
    form: InterestForm | ReviewForm | None = None,
    *,
    frame: Desk | None = None,
) -> HttpResponse:
    """The page, with the version that the row has now."""
    if request.method == "POST" and frame is None:
        review.refresh_from_db(fields=["version"])
    now = dates.now()
    context = {
        "review": review,
        "application": review.application,
        "form": form,
        "frame": frame,
        "mine": review.reviewer_id == request.user.pk,
        # A review that is kept for a later version is finished on that one.
        "dossier": dossier.of(review.kept_for or review.submission),
        # Its words are its reviewer's own until it is sent.
        "shown": review.sent_at is not None,
        "closed": guards.review_has_begun(review, by=request.user, now=now, data={}),
        "agreed": agreeing.agreed_in(review) if form is None else None,
        "late": review.status in UNSENT_REVIEW and review.due_on < dates.day_of(now),
    }
    if isinstance(form, ReviewForm):
        context |= progress(form)
    return render(request, template, context, status=frame.status if frame else status_of(form))


def progress(form: ReviewForm) -> dict[str, Any]:
    """The weighted mean in per cent of the scores that stand in the form, None while one is missing; and all that is."""
    if form.is_bound and not hasattr(form, "cleaned_data"):
        form.is_valid()
    scores = {each.pk: form.stands(f"score_{each.pk}") for each in form.criteria}
    return {"total": scoring.total_of(scores, form.criteria), "missing": form.missing()}


@require_POST
def review_total(request: HttpRequest, pk: int) -> HttpResponse:
    """The total of what is typed so far and what is missing, unsaved: a part of the page for htmx."""
    review = fetch(request.user, Review.objects.with_roles(), Action.DO_REVIEW, pk=pk)
    form = ReviewForm(request.POST, review=review, criteria=review.application.call.criteria.all())
    return render(request, "applications/review_write.html#total", progress(form))
