"""The rules on the project, the work plan and the documents."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.eligibility.engine import FAIL, PASS, WARN, Answer, names
from applications.facts import Facts
from applications.models import Activity
from core import dates, scanning
from core.models import Document

# --- The project -------------------------------------------------------------------------------------


def project_texts(facts: Facts) -> Answer:
    application = facts.application
    # Earlier support has a rule of its own.
    asked = {name: label for name, label in application.text_labels().items() if name != "prior_support"}
    empty = [label for name, label in asked.items() if not application.texts[name].strip()]
    figures = {"filled": len(asked) - len(empty)}
    if empty:
        return (
            FAIL,
            _("Write what is missing of the project: %(fields)s.") % {"fields": ", ".join(empty)},
            figures,
        )
    return PASS, _("The project is described."), figures


def prior_support(facts: Facts) -> Answer:
    if not facts.call.needs_prior_support:
        return PASS, _("This call does not ask for earlier support by the State."), {"support_needed": False}
    stated, earlier = facts.application.prior_support.strip(), facts.earlier_support
    sessions = sum(row.sessions_held for row in facts.ended_supports)  # type: ignore[attr-defined]
    figures = {"stated": bool(stated), "earlier": earlier, "sessions": sessions}
    # Proven from the programme's own records; anything else an officer certifies (PROGRAMME 4).
    if earlier:
        sentence = _("The programme supported this group before: it approved %(earlier)s.")
        return PASS, sentence % {"earlier": ", ".join(earlier)}, figures
    if facts.ended_supports:
        last = facts.ended_supports[-1].ended_at
        assert last is not None
        sentence = ngettext(
            "The programme gave this group technical support: %(n)s session, ended on %(day)s.",
            "The programme gave this group technical support: %(n)s sessions, ended on %(day)s.",
            sessions,
        )
        return PASS, sentence % {"n": sessions, "day": f"{dates.day_of(last):%d/%m/%Y}"}, figures
    if stated:
        return WARN, _("The group says which support by the State it had. An officer certifies it."), figures
    return (
        FAIL,
        _("This call is for groups that the State already supported: say which support you had."),
        figures,
    )


# --- The plan ----------------------------------------------------------------------------------------


def plan_months(facts: Facts) -> Answer:
    months = facts.call.months
    late = [activity for activity in facts.activities if activity.last_month > months]
    figures = {"activities": len(facts.activities), "months": months}
    if not facts.activities:
        return FAIL, _("The work plan has no activity yet."), figures
    if late:
        sentence = _("The plan takes %(months)s months. These go beyond it: %(names)s.")
        return FAIL, sentence % {"months": months, "names": names(late)}, figures
    return PASS, _("Every activity lies within the %(months)s months.") % {"months": months}, figures


def responsibles(facts: Facts) -> Answer:
    nobody = [activity for activity in facts.activities if not activity.responsible_name.strip()]
    nothing = [activity for activity in facts.activities if not activity.deliverable.strip()]
    figures = {"without_person": len(nobody), "without_deliverable": len(nothing)}
    if nobody:
        return FAIL, _("Say who is responsible for: %(names)s.") % {"names": names(nobody)}, figures
    if nothing:
        return FAIL, _("Say what these activities leave: %(names)s.") % {"names": names(nothing)}, figures
    if gone := _without_their_firm(facts):
        sentence = _("Who is responsible does not belong to the group any more: %(names)s.")
        return FAIL, sentence % {"names": names(gone)}, figures
    return PASS, _("Every activity has somebody responsible, and leaves something."), figures


def _without_their_firm(facts: Facts) -> list[Activity]:
    """Activities whose firm or institution has left the group since."""
    firms = {member.firm_id for member in facts.members}
    gone = [row for row in facts.activities if row.firm_id not in firms | {None}]
    by_institution = [row for row in facts.activities if row.institution_id]
    # What was frozen at a submission stands, whoever leaves afterwards.
    if facts.live and by_institution:
        partners = {partner.institution_id for partner in facts.partners}
        gone += [row for row in by_institution if row.institution_id not in partners]
    return gone


# --- The documents -----------------------------------------------------------------------------------


def documents_present(facts: Facts) -> Answer:
    infected = [row.document for row in facts.documents if row.document.scan == Document.Scan.INFECTED]
    waiting = [row.document for row in facts.documents if row.document.scan == Document.Scan.PENDING]
    there = {row.requirement_id for row in facts.documents if row.document.scan != Document.Scan.INFECTED}
    needed = [requirement for requirement in facts.requirements if requirement.required]
    missing = [requirement for requirement in needed if requirement.pk not in there]
    figures = {
        "attached": len(there),
        "needed": len(needed),
        "missing": [row.code for row in missing],
        "waiting": len(waiting),
    }
    if infected:
        return FAIL, scanning.refused_sentence(infected), figures
    if missing:
        return FAIL, _("Attach: %(names)s.") % {"names": names(missing)}, figures
    if waiting:
        sentence = _("Every document is attached. The virus scanner still has to look at: %(names)s.")
        return WARN, sentence % {"names": scanning.names_of(waiting)}, figures
    return PASS, _("Every document that this call asks for is attached."), figures
