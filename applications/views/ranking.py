"""The ranking of a call: where its money ends, what other amounts would do, and recommending many of it in one step."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import fetch, require
from accounts.permissions import Action
from accounts.roles import Role
from applications import guards, places, ranking, ties
from applications.cuts import after_the_last
from applications.forms.ranking import RankingForm, RecommendManyForm
from applications.models import Application, Call, CallCut, EnvelopeEntry, Review
from applications.office import bulk, recommending
from applications.places import Candidate, Standing
from applications.ranking import Ranking, Row
from applications.views.answers import status_of
from core import dates, tables
from core.money import ZERO
from core.tables import Column
from core.workflow import NotAllowed
from groups.querysets import own_group_ids

# What one screen shows and one form sends; the files have them all.
MOST_SHOWN = 300
PICK = re.compile(r"^(\d{1,18})\.(\d{1,9})$", re.ASCII)

PARTED: dict[str, Promise] = {
    ranking.BY_ARRIVAL: gettext_lazy("Equal score: it arrived later"),
    ranking.BY_CRITERION: gettext_lazy("Equal score: less in the first criterion"),
    ranking.BY_AMOUNT: gettext_lazy("Equal score: it asks for more"),
    ranking.BY_NUMBER: gettext_lazy("Equal in everything: it was begun later"),
}


@dataclass(frozen=True)
class Line:
    """One row of the screen: a candidate with its place, if it has one, and the field of its amount, if that can be tried.
    `pick` names it and the version that was shown, where it can be recommended."""

    candidate: Candidate
    row: Row | None = None
    field: Any = None
    pick: str = ""
    picked: bool = False
    # Why it cannot be recommended although its reviews are in: a reviewer is tied to it since.
    tie: str = ""

    @property
    def parted(self) -> Promise | str:
        """What parted it from the one before, of equal score."""
        return PARTED.get(self.row.parted_by, "") if self.row else ""

    @property
    def outcome(self) -> str:
        """What the money does for it, in words."""
        if self.row is None:
            return _("Below the pass mark")
        if self.row.entry.committed:
            return _("Committed") if self.row.entry.amount else _("Released by its project")
        if self.row.reached:
            return _("Reached")
        return _("The money ends here") if self.row.ends_line else _("Beyond the money")

    @property
    def look(self) -> str:
        """The look of its badge (core.looks)."""
        if self.row is None:
            return "fail"
        if self.row.entry.committed:
            return "approved"
        return "pass" if self.row.reached else "warn" if self.row.ends_line else "reserve"


@dataclass
class Board:
    """The page as somebody sees it: the call, the cut, who stands there, what was typed, and what comes of it."""

    call: Any
    cut: CallCut | None
    cuts: list[CallCut]
    standing: Standing
    form: RankingForm
    recommends: bool
    picks: dict[int, int] = field(default_factory=dict)
    # How many were sent after the last cut, and wait for a further one.
    after_the_last: int = 0

    @property
    def url(self) -> str:
        """The address of this ranking."""
        return reverse("call_ranking", args=[self.call.code]) + self.query

    @property
    def query(self) -> str:
        """What names the cut in an address."""
        return f"?cut={self.cut.number}" if self.cut else ""

    @property
    def committed(self) -> Decimal:
        """What of the envelope is committed."""
        return self.call.spent or ZERO

    @property
    def envelope(self) -> Decimal:
        """The one that is tried, else the call's."""
        tried = self.form.other_envelope
        return self.call.envelope if tried is None else tried

    def ranked(self) -> Ranking:
        """With what was typed."""
        return self.standing.ranked(self.envelope - self.committed, self.form.amounts)

    def lines(self, found: Ranking) -> list[Line]:
        """Those with a place, as many as one screen shows."""
        by_id = self.standing.by_id
        return [self._line(by_id[row.entry.id], row) for row in found.rows[:MOST_SHOWN]]

    def below(self, found: Ranking) -> list[Line]:
        """Those below the pass mark."""
        by_id = self.standing.by_id
        return [self._line(by_id[entry.id]) for entry in found.below[:MOST_SHOWN]]

    @cached_property
    def tied(self) -> dict[int, str]:
        """{application in review: the sentence}, where a reviewer came to be tied to it since."""
        waiting = Application.Status.IN_REVIEW
        reviewing = [each for each in self.standing.candidates if each.application.status == waiting]
        people = {review.reviewer_id for each in reviewing for review in each.reviews}
        found = ties.of([each.application.pk for each in reviewing], among=people)
        by_id = self.standing.by_id
        return {
            pk: guards.tied_review(by_id[pk].application, by_id[pk].reviews, who) for pk, who in found.items()
        }

    def _line(self, candidate: Candidate, row: Row | None = None) -> Line:
        application, name = candidate.application, f"amount_{candidate.application.pk}"
        tie = self.tied.get(application.pk, "") if self.recommends else ""
        can = self.recommends and not tie and application.status == Application.Status.IN_REVIEW
        return Line(
            candidate,
            row,
            self.form[name] if row and name in self.form.fields else None,
            f"{application.pk}.{application.version}" if can else "",
            application.pk in self.picks,
            tie,
        )


def board_of(request: HttpRequest, code: str) -> Board:
    """The call of an address and of its `?cut=`, for who reads reviews; with what was typed, if something was sent.

    Raises Http404 or NotAllowed. Whoever holds a role in a group that applies sees none of it: place and scores of the
    others would say how the own case stands (PROGRAMME 3).
    """
    user = request.user
    mine = Application.objects.real().filter(call=OuterRef("pk"), group__in=own_group_ids(user))
    spent = EnvelopeEntry.objects.filter(call=OuterRef("pk")).order_by().values("call")
    calls = Call.objects.select_related("case").prefetch_related("cuts")
    calls = calls.annotate(
        applies_itself=Exists(mine),
        owes_review=Exists(Review.objects.of(user).unfinished().filter(application__call=OuterRef("pk"))),
        spent=Subquery(spent.annotate(sum=Sum("amount")).values("sum")),
    )
    call: Any = fetch(user, calls, Action.VIEW_REVIEWS, code=code)
    if call.applies_itself:
        raise NotAllowed(
            _("You hold a role in a group that applies to this call: its ranking is not for you.")
        )
    if call.owes_review and Role.REVIEWER in user.staff_roles():
        raise NotAllowed(
            _("You still have a review to send in this call: its ranking opens for you once it is sent.")
        )
    cuts = sorted(call.cuts.all(), key=lambda cut: cut.at) if call.intake == Call.Intake.CUTS else []
    cut = chosen_cut(request, cuts)
    standing = places.read(call, cut=cut)
    waiting = shown(standing, call.envelope - (call.spent or ZERO))
    form = RankingForm(
        request.POST if request.method == "POST" else None, candidates=waiting, committed=call.spent or ZERO
    )
    if form.is_bound:
        form.is_valid()
    board = Board(call, cut, cuts, standing, form, user.can(Action.RECOMMEND, call), picks_of(request))
    if call.intake == Call.Intake.CUTS:
        late = call.applications.real().in_state(*places.RANKED).filter(after_the_last(call))
        board.after_the_last = late.count()
    return board


def shown(standing: Standing, left: Decimal) -> list[Candidate]:
    """Those of the screen whose amounts can be tried: with a place, and not committed yet."""
    placed = {row.entry.id for row in standing.ranked(left).rows[:MOST_SHOWN] if not row.entry.committed}
    return [each for each in standing.candidates if each.application.pk in placed]


def chosen_cut(request: HttpRequest, cuts: list[CallCut]) -> CallCut | None:
    """The cut of the address, else the last one that is over, else the first; None for a call without cuts."""
    if not cuts:
        return None
    if asked := request.GET.get("cut"):
        for cut in cuts:
            if str(cut.number) == asked:
                return cut
        raise Http404
    over = [cut for cut in cuts if cut.at <= dates.now()]
    return over[-1] if over else cuts[0]


def picks_of(request: HttpRequest) -> dict[int, int]:
    """{application: the version that was shown} of the boxes that were ticked."""
    found = [PICK.match(text) for text in request.POST.getlist("pick")]
    return {int(match[1]): int(match[2]) for match in found if match}


def render_board(request: HttpRequest, board: Board) -> HttpResponse:
    """The screen; for htmx only the figures, which go to their places in it."""
    found = board.ranked()
    now, closes = dates.now(), board.cut.at if board.cut else board.call.closes_at
    context = {
        "board": board,
        "call": board.call,
        "form": board.form,
        "ranking": found,
        "lines": board.lines(found),
        "below": board.below(found),
        "hidden": max(len(found.rows), len(found.below)) > MOST_SHOWN,
        "still_open": closes if closes and closes > now else None,
        "recommends": board.recommends
        and any(each.application.status == "in_review" for each in board.standing.candidates),
    }
    htmx = bool(request.htmx)  # type: ignore[attr-defined]
    if htmx:
        return render(request, "applications/ranking.html#figures", context)
    return render(request, "applications/ranking.html", context, status=status_of(board.form))


@require_http_methods(["GET", "HEAD", "POST"])
def call_ranking(request: HttpRequest, code: str) -> HttpResponse:
    """The ranking; a POST tries other amounts and another envelope, and saves nothing."""
    return render_board(request, board_of(request, code))


# --- Recommending ----------------------------------------------------------------------------------------


@require_POST
def ranking_recommend(request: HttpRequest, code: str) -> HttpResponse:
    """Those that were ticked: once more with their amounts and the grounds, then a result for each."""
    board = board_of(request, code)
    require(request.user, Action.RECOMMEND, board.call)
    picked = board.call.applications.real().filter(pk__in=board.picks).with_case()
    chosen = list(picked.order_by("case__reference", "pk"))
    for each in chosen:
        each.call = board.call
    sentence = ""
    if not chosen:
        sentence = _("Choose at least one application: tick it in the list.")
    elif len(chosen) > bulk.MOST_AT_ONCE:
        sentence = _("Choose at most %(most)s applications at once.") % {"most": bulk.MOST_AT_ONCE}
    if not sentence and request.POST.get("step") == "do":
        return _recommend(request, board, chosen)
    if sentence:
        board.form.add_error(None, sentence)
    if board.form.errors:
        return render_board(request, board)
    form = RecommendManyForm(chosen=[(each, board.form.amounts.get(each.pk, ZERO)) for each in chosen])
    return _confirm(request, board, form)


def _recommend(request: HttpRequest, board: Board, chosen: list[Application]) -> HttpResponse:
    """Each in a transaction of its own: what is refused says why, and stops none of the others."""
    form = RecommendManyForm(request.POST, chosen=[(each, ZERO) for each in chosen])
    if not form.is_valid():
        return _confirm(request, board, form)

    def act(application: Application) -> None:
        recommending.recommend(
            by=request.user,
            application=application,
            amount=form.amount_of(application.pk),
            reason=form.grounds_of(application.pk),
            version=board.picks[application.pk],
            now=dates.now(),
        )

    results = bulk.each([each for each, _amount in form.chosen], act, done=_("Recommended"))
    context = {"board": board, "call": board.call, "results": results}
    return render(request, "applications/ranking_done.html", context)


def _confirm(request: HttpRequest, board: Board, form: RecommendManyForm) -> HttpResponse:
    """What is about to be recommended, before it is."""
    rows = form.rows()
    for each in rows:
        each["pick"] = f"{each['application'].pk}.{board.picks[each['application'].pk]}"
        typed = form.cleaned_data.get(each["field"].name) if form.is_bound else each["amount"]
        each["amount"], each["is_less"] = typed, bool(typed) and typed < each["application"].asked
    context = {
        "board": board,
        "call": board.call,
        "form": form,
        "rows": rows,
        "total": sum((each["amount"] or ZERO for each in rows), ZERO),
        "left": board.call.envelope - board.committed,
        "less": any(each["is_less"] for each in rows),
    }
    return render(request, "applications/ranking_confirm.html", context, status=status_of(form))


# --- Taking it along ---------------------------------------------------------------------------------------


@require_safe
def ranking_export(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """All of it as it stands, those below the pass mark last."""
    board = board_of(request, code)
    found = board.ranked()
    by_id = board.standing.by_id
    lines = [Line(by_id[row.entry.id], row) for row in found.rows]
    lines += [Line(by_id[entry.id]) for entry in found.below]
    name = f"ranking-{board.call.code}{f'-{board.cut.number}' if board.cut else ''}-{dates.today():%Y-%m-%d}"
    write = {"csv": tables.csv_response, "xlsx": tables.xlsx_response}[kind]
    return write(f"{name}.{kind}", columns(), lines)


def columns() -> list[Column]:
    """What the ranking says of each when it leaves the site."""
    return [
        Column(_("Place"), lambda line: line.row and line.row.place),
        Column(_("Reference"), lambda line: line.candidate.application.reference),
        Column(_("Project"), lambda line: line.candidate.application.title),
        Column(_("Group"), lambda line: line.candidate.application.group.name),
        Column(_("Province"), lambda line: line.candidate.application.group.get_province_display()),
        Column(_("State"), lambda line: str(line.candidate.application.get_status_display())),
        Column(_("Score"), lambda line: line.candidate.score),
        Column(_("Reviews"), lambda line: len(line.candidate.reviews)),
        Column(_("Spread"), lambda line: line.candidate.spread),
        Column(_("First criterion"), lambda line: line.candidate.criterion),
        Column(_("Equal scores"), lambda line: str(line.parted)),
        Column(_("Arrived"), lambda line: line.candidate.application.first_submitted_at),
        Column(_("Asked for"), lambda line: line.candidate.application.asked),
        Column(_("Amount"), _amount),
        Column(_("Cumulative"), lambda line: line.row and line.row.cumulative),
        Column(_("Money"), lambda line: str(line.outcome)),
    ]


def _amount(line: Line) -> Decimal:
    return line.row.entry.amount if line.row else line.candidate.amount
