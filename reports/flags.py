"""The risk of one project with its arithmetic (issue: risk flags): each flag with the figures that it comes from, also where
nothing presses. The points are those of the Monday list (reports.risk)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import format_money, total
from core.templatetags.lsp import day
from grants.models import Expense, Project
from reports import risk
from reports.models import Certification, ProgressReport
from reports.project_risk import Signs

# The figures that have a flag of their own; what else presses stands below them.
NAMED = ("report_late", "behind", "underspent", "certificate", "smes")


@dataclass(frozen=True)
class Flag:
    """One of them: what it is called, its figures in sentences, and its points; 0 where nothing presses."""

    name: str
    figures: list[str]
    points: int


def flags_of(project: Project, signs: Signs, reasons: list[risk.Reason], today: dt.date) -> list[Flag]:
    """The five of a project that runs. A constant number of queries."""
    given = {reason.flag: reason.points for reason in reasons}
    return [
        Flag(_("Late reports"), _late_reports(project, today), given.get("report_late", 0)),
        Flag(_("Behind the plan"), _behind(project, signs), given.get("behind", 0)),
        Flag(_("Little spent"), _spent(project, signs, today), given.get("underspent", 0)),
        Flag(_("A certificate expires"), _certificates(project, today), given.get("certificate", 0)),
        Flag(_("Too few SMEs"), _smes(signs), given.get("smes", 0)),
    ]


def _late_reports(project: Project, today: dt.date) -> list[str]:
    late = project.reports.filter(status__in=ProgressReport.OWED, due_on__lt=today).order_by("due_on")
    found = []
    for report in late.defer("snapshot", "summary"):
        days = (today - report.due_on).days
        words = ngettext(
            "%(report)s was due on %(day)s: %(n)s day ago.",
            "%(report)s was due on %(day)s: %(n)s days ago.",
            days,
        )
        found.append(words % {"report": report.name, "day": day(report.due_on), "n": days})
    return found or [_("No report is late.")]


def _behind(project: Project, signs: Signs) -> list[str]:
    last = (
        project.reports.filter(status__in=["submitted", "accepted"], activities__done_percent__isnull=False)
        .defer("snapshot", "summary")
        .order_by("-number")
        .first()
    )
    if last is None:
        return [_("No report was sent yet.")]
    gap = F("planned_percent") - F("done_percent")
    late = last.activities.annotate(gap=gap).filter(gap__gt=0).select_related("activity")
    allowed = _("By %(report)s; the call lets %(allowed)s points pass.") % {
        "report": last.name,
        "allowed": signs.behind_allowed,
    }
    sentence = _("%(activity)s: planned %(planned)s %%, done %(done)s %%, so %(gap)s points behind.")
    shown = [
        sentence
        % {
            "activity": row.activity.name,
            "planned": row.planned_percent,
            "done": row.done_percent,
            "gap": row.gap,
        }
        for row in late.order_by("-gap", "activity__order", "activity_id")[:5]
    ]
    return [*shown, allowed] if shown else [_("No activity is behind."), allowed]


def _spent(project: Project, signs: Signs, today: dt.date) -> list[str]:
    if project.first_day is None or project.last_day is None:
        return [_("The project has not started yet.")]
    whole = (project.last_day - project.first_day).days + 1
    gone = min(max((today - project.first_day).days, 0), whole)
    charged = total(Expense.objects.of_project(project).live(), "programme_share")
    return [
        _("%(gone)s of %(whole)s days have gone: %(percent)s %% of the time.")
        % {"gone": gone, "whole": whole, "percent": signs.time_gone},
        _("%(charged)s of %(approved)s are charged: %(percent)s %% of the money.")
        % {
            "charged": format_money(charged),
            "approved": format_money(project.approved_amount),
            "percent": signs.money_spent,
        },
        _("The difference is %(points)s points; it presses from %(limit)s on.")
        % {"points": max(signs.time_gone - signs.money_spent, 0), "limit": risk.UNDERSPENT},
    ]


def _certificates(project: Project, today: dt.date) -> list[str]:
    rows: Any = Certification.objects.expiring().with_expiry().filter(report__project=project)
    soon = rows.filter(valid_until__lte=today + dt.timedelta(days=risk.EXPIRES_SOON)).select_related("firm")
    found = []
    for row in soon.order_by("valid_until")[:10]:
        until = row.valid_until
        words = {
            "norm": row.norm_name,
            "firm": row.firm.name,
            "day": day(until),
            "n": abs((until - today).days),
        }
        found.append(
            ngettext(
                "%(norm)s of %(firm)s expired on %(day)s, %(n)s day ago.",
                "%(norm)s of %(firm)s expired on %(day)s, %(n)s days ago.",
                words["n"],
            )
            % words
            if until < today
            else ngettext(
                "%(norm)s of %(firm)s expires on %(day)s, in %(n)s day.",
                "%(norm)s of %(firm)s expires on %(day)s, in %(n)s days.",
                words["n"],
            )
            % words
        )
    return found or [_("None expires within %(n)s days.") % {"n": risk.EXPIRES_SOON}]


def _smes(signs: Signs) -> list[str]:
    words = {"smes": signs.smes or 0, "least": signs.least}
    return [_("%(smes)s SMEs by their figures of today; the call asked for %(least)s.") % words]
