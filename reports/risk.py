"""How urgent a case is for its officer: pure functions over plain figures, each point with its reason in words.

The points order a list and judge nobody: a case with many is one to look at first (PROGRAMME 12).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

# A case that may wait; one to look at this week; one to look at now.
MEDIUM, HIGH = 3, 6
# A return that is not answered becomes urgent so many days before its end.
FEW_DAYS = 3
# So many points less of the money than of the time is little spent.
UNDERSPENT = 40
# A certificate that expires within so many days is looked at.
EXPIRES_SOON = 30


@dataclass(frozen=True)
class Facts:
    """What is known of a case, in days; None where it does not apply.

    `office_late` and `group_late`: past the date of the next step, by whose turn it is. `report_late`: past the date of a
    report. `condition_late`, `observation_late`, `coordinator_late`: past the date of a condition of the approval, of an
    observation on a report, of naming a coordinator. `answer_in`: left of the time to answer a return. `message`: since a
    message of the group waits. `in_state` with `usual`: in the present state, and what is usual there.
    """

    office_late: int = 0
    group_late: int = 0
    report_late: int = 0
    condition_late: int = 0
    observation_late: int = 0
    coordinator_late: int = 0
    answer_in: int | None = None
    message: int | None = None
    in_state: int = 0
    usual: int | None = None
    suspended: bool = False
    # Of a project that runs (reports.project_risk), in points and in per cent.
    behind: int = 0
    behind_allowed: int = 0
    time_gone: int = 0
    money_spent: int = 0
    smes: int | None = None
    least: int = 0
    # Until the first certificate of the project expires, in days; below 0 it has expired.
    certificate_in: int | None = None


@dataclass(frozen=True)
class Reason:
    """Why a case has so many points; `flag` is which of the figures it comes from."""

    points: int
    words: str
    flag: str = ""


def _weeks(days: int, most: int) -> int:
    """One for each week that has begun, at most so many."""
    return min((days + 6) // 7, most) if days > 0 else 0


def reasons(facts: Facts) -> list[Reason]:
    """Each reason with its points, the heaviest first; empty when nothing presses."""
    found = [
        *_late(facts),
        *_message(facts.message),
        *_answer(facts.answer_in),
        *_long(facts.in_state, facts.usual),
        *_of_the_project(facts),
    ]
    if facts.suspended:
        found.append(Reason(2, _("The project is suspended.")))
    return sorted(found, key=lambda reason: -reason.points)


def points(found: list[Reason]) -> int:
    """The sum."""
    return sum(reason.points for reason in found)


def level(total: int) -> str:
    """`high`, `medium` or `low`."""
    return "high" if total >= HIGH else "medium" if total >= MEDIUM else "low"


# What is late, from which figure: the points, how many weeks add one each, and the words.
LATE = (
    (
        "office_late",
        5,
        4,
        ngettext_lazy(
            "The programme's own date passed %(n)s day ago.",
            "The programme's own date passed %(n)s days ago.",
            "n",
        ),
    ),
    (
        "report_late",
        2,
        4,
        ngettext_lazy("A report is %(n)s day late.", "A report is %(n)s days late.", "n"),
    ),
    (
        "group_late",
        2,
        2,
        ngettext_lazy("The group is %(n)s day late.", "The group is %(n)s days late.", "n"),
    ),
    (
        "condition_late",
        2,
        2,
        ngettext_lazy(
            "A condition of the approval is %(n)s day late.",
            "A condition of the approval is %(n)s days late.",
            "n",
        ),
    ),
    (
        "observation_late",
        2,
        2,
        ngettext_lazy(
            "An observation on a report is %(n)s day late.",
            "An observation on a report is %(n)s days late.",
            "n",
        ),
    ),
    (
        "coordinator_late",
        2,
        2,
        ngettext_lazy(
            "The nomination of a coordinator is %(n)s day late.",
            "The nomination of a coordinator is %(n)s days late.",
            "n",
        ),
    ),
)


def _late(facts: Facts) -> list[Reason]:
    """The points of each thing that is late, and one for each week."""
    return [
        Reason(base + _weeks(days, most), words % {"n": days}, name)
        for name, base, most, words in LATE
        if (days := getattr(facts, name)) > 0
    ]


def _message(days: int | None) -> list[Reason]:
    """3 points, and one for each week, while the group waits for an answer."""
    if days is None:
        return []
    if days <= 0:
        return [Reason(3, _("A message of the group waits since today."))]
    words = ngettext(
        "A message of the group waits for %(n)s day.", "A message of the group waits for %(n)s days.", days
    )
    return [Reason(3 + _weeks(days, 3), words % {"n": days})]


def _answer(left: int | None) -> list[Reason]:
    """3 points when a return is not answered and its time is nearly over: then the application is withdrawn."""
    if left is None or left > FEW_DAYS:
        return []
    if left <= 0:
        return [Reason(3, _("The return is not answered, and its time ends today."))]
    words = ngettext(
        "The return is not answered, and %(n)s day is left.",
        "The return is not answered, and %(n)s days are left.",
        left,
    )
    return [Reason(3, words % {"n": left})]


def _long(days: int, usual: int | None) -> list[Reason]:
    """1 point when it is longer in its state than usual, 3 from twice the usual on."""
    if usual is None or days <= usual or days <= 0:
        return []
    words = ngettext(
        "%(n)s day in this state; the usual is %(usual)s.",
        "%(n)s days in this state; the usual is %(usual)s.",
        days,
    )
    return [Reason(3 if days >= 2 * max(usual, 1) else 1, words % {"n": days, "usual": usual})]


def _of_the_project(facts: Facts) -> list[Reason]:
    """2 points behind the plan, and 1 for every 20 more, 2 at most; 2 points for little money spent; 3 for too few SMEs; those
    of a certificate."""
    found = []
    over = facts.behind - facts.behind_allowed
    if over > 0:
        words = {"behind": facts.behind, "allowed": facts.behind_allowed}
        sentence = _("An activity is %(behind)s points behind the plan; the call lets %(allowed)s pass.")
        found.append(Reason(2 + min(over // 20, 2), sentence % words, "behind"))
    if facts.time_gone - facts.money_spent >= UNDERSPENT:
        words = {"time": facts.time_gone, "money": facts.money_spent}
        sentence = _("Of the time %(time)s %% has gone, and of the money %(money)s %% is charged.")
        found.append(Reason(2, sentence % words, "underspent"))
    if facts.smes is not None and facts.smes < facts.least:
        words = {"smes": facts.smes, "least": facts.least}
        sentence = _("The group has %(smes)s SMEs; the call asked for %(least)s.")
        found.append(Reason(3, sentence % words, "smes"))
    return [*found, *_certificate(facts.certificate_in)]


def _certificate(left: int | None) -> list[Reason]:
    """1 point when a certificate of the project expires soon, 2 when it has expired and nobody renewed it."""
    if left is None or left > EXPIRES_SOON:
        return []
    if left < 0:
        words = ngettext(
            "A certificate expired %(n)s day ago.", "A certificate expired %(n)s days ago.", -left
        )
        return [Reason(2, words % {"n": -left}, "certificate")]
    words = ngettext("A certificate expires in %(n)s day.", "A certificate expires in %(n)s days.", left)
    return [Reason(1, words % {"n": left}, "certificate")]


def rule() -> list[str]:
    """The whole rule, for the page that shows it."""
    return [
        _(
            "The programme's own date has passed, also to open a project, to recommend or to assign another reviewer: "
            "5 points, and 1 for each week that has begun, 4 at most."
        ),
        _("A message of the group waits for an answer: 3 points, and 1 for each week, 3 at most."),
        _("A return is not answered and 3 days or fewer are left: 3 points."),
        _("A report is late: 2 points, and 1 for each week, 4 at most."),
        _(
            "The group is late with something else, as a condition of the approval, an observation or the nomination of a "
            "coordinator: for each 2 points, and 1 for each week, 2 at most."
        ),
        _("Longer in its state than the usual of that state: 1 point; from twice the usual on: 3."),
        _("The project is suspended: 2 points."),
        _(
            "An activity is further behind the plan than the call lets pass, by the last report that was sent: 2 points, "
            "and 1 for every 20 points more, 2 at most."
        ),
        _("Much more of the time has gone than of the money is charged, by 40 points or more: 2 points."),
        _("A group whose project runs has fewer SMEs than its call asked for: 3 points."),
        _("A certificate of the project expires within 30 days: 1 point; it has expired: 2."),
        _("From 6 points on a case is one to look at now, from 3 on one for this week."),
    ]
