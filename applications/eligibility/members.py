"""The rules on the group and its firms."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.eligibility.engine import FAIL, PASS, WARN, Answer, names
from applications.facts import Facts
from core.dates import add_months
from groups.models.firm import clean_cuit
from groups.provinces import Province, kilometres


def enough_smes(facts: Facts) -> Answer:
    smes, least = len(facts.smes), facts.call.min_firms
    unsure = [member for member in facts.smes if member.outcome == WARN]
    figures = {"members": len(facts.members), "smes": smes, "least": least}
    if smes < least:
        return FAIL, _too_few(facts, smes, least), figures
    if unsure:
        sentence = _(
            "No ceiling is on file for the day: an officer decides whether these are SMEs: %(names)s."
        )
        return WARN, sentence % {"names": names(unsure)}, figures
    return PASS, _("Your group has %(smes)s SMEs; this call asks for at least %(least)s.") % figures, figures


def _too_few(facts: Facts, smes: int, least: int) -> str:
    missing = least - smes
    sentence = ngettext(
        "Your group has %(smes)s SMEs and this call asks for %(least)s: %(missing)s is missing.",
        "Your group has %(smes)s SMEs and this call asks for %(least)s: %(missing)s are missing.",
        missing,
    ) % {"smes": smes, "least": least, "missing": missing}
    unshown = [member for member in facts.members if not member.is_sme and member.outcome != FAIL]
    big = [member for member in facts.members if not member.is_sme and member.outcome == FAIL]
    if unshown:
        sentence += " " + _("Without sales figures that count, and so not counted: %(names)s.") % {
            "names": names(unshown)
        }
    if big:
        sentence += " " + _("Too big to be an SME: %(names)s.") % {"names": names(big)}
    return sentence


def others_admitted(facts: Facts) -> Answer:
    others = [member for member in facts.members if not member.is_sme]
    figures = {"others": len(others)}
    if not others:
        return PASS, _("All firms of the group are SMEs."), figures
    if facts.call.others_admitted:
        sentence = _(
            "Belong without cost to the programme, because they are not shown to be SMEs: %(names)s."
        )
        return PASS, sentence % {"names": names(others)}, figures
    sentence = _("This call admits SMEs only. Not shown to be SMEs: %(names)s.")
    return FAIL, sentence % {"names": names(others)}, figures


def valid_cuits(facts: Facts) -> Answer:
    wrong = [member for member in facts.members if not _is_cuit(member.cuit)]
    counted = Counter(member.cuit for member in facts.members)
    twice = [member for member in facts.members if counted[member.cuit] > 1]
    figures = {"wrong": [member.cuit for member in wrong], "twice": sorted({member.cuit for member in twice})}
    if wrong:
        return FAIL, _("The CUIT of these firms is not valid: %(names)s.") % {"names": names(wrong)}, figures
    if twice:
        return FAIL, _("These firms have the same CUIT: %(names)s.") % {"names": names(twice)}, figures
    return PASS, _("Every CUIT is valid, and none is there twice."), figures


def _is_cuit(text: str) -> bool:
    try:
        return clean_cuit(text) == text
    except ValidationError:
        return False


def independent_firms(facts: Facts) -> Answer:
    linked = [member for member in facts.members if member.links]
    figures = {"linked": [member.name for member in linked]}
    if linked:
        sentence = _(
            "These members say that they belong together, so an officer judges whether they are firms of their own: "
            "%(names)s."
        )
        return WARN, sentence % {"names": names(linked)}, figures
    return PASS, _("No firm of the group says that it belongs together with another one of it."), figures


def linked_sales(facts: Facts) -> Answer:
    """PROGRAMME 4: linked firms' sales count together. Of a firm that entered its figures itself nothing is said but
    that there is something to look at."""
    doubted = [member for member in facts.members if member.linked_doubt]
    figures = {"linked": [member.name for member in doubted if not member.private]}
    said = []
    if shown := [member for member in doubted if not member.private]:
        sentence = _(
            "Declare linked firms, and give 0 for their sales, which count together with their own: %(names)s."
        )
        said.append(sentence % {"names": names(shown)})
    if private := [member for member in doubted if member.private]:
        sentence = _("Entered their figures themselves, and an officer looks at them: %(names)s.")
        said.append(sentence % {"names": names(private)})
    if said:
        return WARN, " ".join(said), figures
    return PASS, _("The sales of linked firms are given wherever a firm declares some."), figures


def stand_elsewhere(firms: Iterable[Any]) -> str:
    """What is said of firms of another live application of the call. Which one it is stays between the firm and that
    group."""
    sentence = _(
        "A firm takes part in one application of a call. These have to say themselves in which they do: %(names)s."
    )
    return sentence % {"names": names(firms)}


def firms_are_free(facts: Facts) -> Answer:
    taken = [member for member in facts.members if member.firm_id in facts.claimed_elsewhere]
    figures = {"firms": [member.firm_id for member in taken]}
    if taken:
        return FAIL, stand_elsewhere(taken), figures
    return PASS, _("No firm of the group stands in another application of this call."), figures


def area_and_chain(facts: Facts) -> Answer:
    """PROGRAMME 4: a warning that shows distances and sectors; whether the firms are one system is an officer's word."""
    places = Counter(f"{member.locality}, {Province(member.province).label}" for member in facts.members)
    sectors = Counter(member.sector for member in facts.members)
    silent = [member for member in facts.members if not member.place.strip()]
    apart = _kilometres_apart({member.province for member in facts.members})
    figures = {"places": dict(places), "kilometres": apart, "sectors": dict(sectors)}
    said = []
    if apart:
        distances = "; ".join(f"{pair}, {far} km" for pair, far in list(apart.items())[:MOST_DISTANCES])
        said.append(
            _("The firms are in different provinces: %(places)s.") % {"places": names(places, between="; ")}
        )
        said.append(
            _("From capital to capital in a straight line: %(distances)s.") % {"distances": distances}
        )
    if len(sectors) > 1:
        shown = [str(each) for each in facts.sectors if each.code in sectors]
        said.append(_("They are of different sectors: %(sectors)s.") % {"sectors": names(shown)})
    if silent:
        said.append(_("These do not say their place in the chain: %(names)s.") % {"names": names(silent)})
    if said:
        return WARN, " ".join([*said, _("An officer judges whether they are one system.")]), figures
    return (
        PASS,
        _("The firms share their area and their sector, and each has its place in the chain."),
        figures,
    )


# A sentence names the furthest pairs; all of them stand among the figures.
MOST_DISTANCES = 3


def _kilometres_apart(provinces: set[str]) -> dict[str, int]:
    """`Chaco – Salta` → 705, the furthest pair first."""
    labelled = sorted(provinces, key=lambda code: Province(code).label)
    apart = {
        f"{Province(one).label} – {Province(other).label}": kilometres(one, other)
        for one, other in combinations(labelled, 2)
    }
    return dict(sorted(apart.items(), key=lambda pair: -pair[1]))


def province_admitted(facts: Facts) -> Answer:
    province, admitted = facts.group.province, facts.call.provinces
    figures = {"province": province, "admitted": list(admitted)}
    words = {
        "province": Province(province).label,
        "admitted": ", ".join(Province(code).label for code in admitted),
    }
    if admitted and province not in admitted:
        return FAIL, _("This call is for %(admitted)s; your group is in %(province)s.") % words, figures
    return PASS, _("Groups of %(province)s may apply.") % words, figures


def sector_admitted(facts: Facts) -> Answer:
    admitted = facts.admitted_sectors
    codes = [sector.code for sector in admitted]
    figures = {"sector": facts.group.sector, "admitted": codes}
    if admitted and facts.group.sector not in codes:
        listed = ", ".join(str(sector) for sector in admitted)
        return FAIL, _("This call is for these sectors: %(sectors)s.") % {"sectors": listed}, figures
    return PASS, _("Groups of your sector may apply."), figures


def group_age(facts: Facts) -> Answer:
    least, since = facts.call.min_group_months, facts.group.since
    figures = {"since": since.isoformat(), "least": least}
    words = {"since": f"{since:%d/%m/%Y}", "least": least, "day": f"{add_months(since, least):%d/%m/%Y}"}
    if add_months(since, least) > facts.day:
        sentence = _(
            "This call asks for %(least)s months of work together. You have worked together since %(since)s: it will "
            "be enough on %(day)s."
        )
        return FAIL, sentence % words, figures
    if not least:
        return PASS, _("This call asks for no minimum age of the group."), figures
    sentence = _("You have worked together since %(since)s; this call asks for %(least)s months.")
    return PASS, sentence % words, figures


def joint_work(facts: Facts) -> Answer:
    if not facts.call.joint_work_proof:
        return PASS, _("This call asks for no proof of joint work."), {"proof_asked": False}
    figures = {"proof_asked": True, "since": facts.group.since.isoformat()}
    # Which document proves it the call says itself; a missing one stands with the documents.
    words = {"since": f"{facts.group.since:%d/%m/%Y}"}
    return (
        WARN,
        _("An officer judges from your documents whether you have worked together since %(since)s.") % words,
        figures,
    )
