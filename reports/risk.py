"""How urgent a case is for its officer: pure functions over plain figures, each point with its reason in words.

The points order a list and judge nobody: a case with many is one to look at first (PROGRAMME 12).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# A case that may wait; one to look at this week; one to look at now.
MEDIUM, HIGH = 3, 6
# A return that is not answered becomes urgent so many days before its end.
FEW_DAYS = 3


@dataclass(frozen=True)
class Facts:
    """What is known of a case, in days; None where it does not apply.

    `office_late` and `group_late`: past the date of the next step, by whose turn it is. `report_late`: past the date of a
    report. `condition_late`, `observation_late`, `coordinator_late`: past the date of a condition of the approval, of an
    observation on a report, of naming a coordinator. `answer_in`: left of the time to answer a return. `message`: since a message of the group waits. `in_state` with
    `usual`: in the present state, and what is usual there.
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


@dataclass(frozen=True)
class Reason:
    """Why a case has so many points."""

    points: int
    words: str


def _weeks(days: int, most: int) -> int:
    """One for each week that has begun, at most so many."""
    return min((days + 6) // 7, most) if days > 0 else 0


def reasons(facts: Facts) -> list[Reason]:
    """Each reason with its points, the heaviest first; empty when nothing presses."""
    found = [
        *_late(facts),
        *_late_besides(facts),
        *_message(facts.message),
        *_answer(facts.answer_in),
        *_long(facts.in_state, facts.usual),
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


def _late(facts: Facts) -> list[Reason]:
    """5 points and one for each week when the office is late; 2 and one for each week when others are."""
    found = []
    if days := max(facts.office_late, 0):
        words = ngettext(
            "The programme's own date passed %(n)s day ago.",
            "The programme's own date passed %(n)s days ago.",
            days,
        )
        found.append(Reason(5 + _weeks(days, 4), words % {"n": days}))
    if days := max(facts.report_late, 0):
        words = ngettext("A report is %(n)s day late.", "A report is %(n)s days late.", days)
        found.append(Reason(2 + _weeks(days, 4), words % {"n": days}))
    if days := max(facts.group_late, 0):
        words = ngettext("The group is %(n)s day late.", "The group is %(n)s days late.", days)
        found.append(Reason(2 + _weeks(days, 2), words % {"n": days}))
    return found


def _late_besides(facts: Facts) -> list[Reason]:
    """2 points and one for each week for each other thing that the group owes beside the next step."""
    found = []
    if days := max(facts.condition_late, 0):
        words = ngettext(
            "A condition of the approval is %(n)s day late.",
            "A condition of the approval is %(n)s days late.",
            days,
        )
        found.append(Reason(2 + _weeks(days, 2), words % {"n": days}))
    if days := max(facts.observation_late, 0):
        words = ngettext(
            "An observation on a report is %(n)s day late.",
            "An observation on a report is %(n)s days late.",
            days,
        )
        found.append(Reason(2 + _weeks(days, 2), words % {"n": days}))
    if days := max(facts.coordinator_late, 0):
        words = ngettext(
            "The nomination of a coordinator is %(n)s day late.",
            "The nomination of a coordinator is %(n)s days late.",
            days,
        )
        found.append(Reason(2 + _weeks(days, 2), words % {"n": days}))
    return found


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
        _("From 6 points on a case is one to look at now, from 3 on one for this week."),
    ]
