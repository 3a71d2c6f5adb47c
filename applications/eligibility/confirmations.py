"""The rule on what the firms say for themselves: all of them confirm, or a part, as the call says (PROGRAMME 4, 12)."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.applicant import Member
from applications.eligibility.engine import FAIL, PASS, WARN, Answer, names
from applications.facts import Facts
from applications.models import Call
from groups.confirmations import State

Needs = Call.Confirmations
# What is said of the firms that have not confirmed, in this order.
SENTENCES: dict[State, Promise] = {
    State.CHANGED: gettext_lazy("Changed since they confirmed, so that they must confirm again: %(names)s."),
    State.REFUSED: gettext_lazy("Say that they do not belong to your group: %(names)s."),
    State.PAPER_REFUSED: gettext_lazy("Their signed paper was not accepted: %(names)s."),
    State.PAPER_WAITS: gettext_lazy("An officer looks at the signed papers of: %(names)s."),
    State.NOT_ASKED: gettext_lazy("Have not answered: %(names)s."),
}


def firms_confirmed(facts: Facts) -> Answer:
    if facts.application.is_test:
        # Nobody writes to the firms of an example.
        return PASS, _("In a test application every firm counts as confirmed."), {}
    call, members = facts.call, facts.members
    by_state: dict[str, list[Member]] = {}
    for member in members:
        answer = facts.confirmations.get(member.firm_id)
        by_state.setdefault(answer["state"] if answer else State.NOT_ASKED, []).append(member)
    confirmed, papers = by_state.get(State.CONFIRMED, []), by_state.get(State.PAPER_WAITS, [])
    needed = _needed(call, len(members))
    figures = {"members": len(members), "confirmed": len(confirmed), "confirmations_needed": needed}
    if len(confirmed) + len(papers) < needed:
        return FAIL, _missing(by_state, figures), figures
    said: list[str] = []
    if len(confirmed) < needed:
        said.append(_these(State.PAPER_WAITS, papers))
    said += _doubts(facts, by_state.get(State.REFUSED, []), confirmed)
    if said:
        return WARN, " ".join(said), figures
    if call.confirmations == Needs.NONE:
        return PASS, _("This call asks no firm to confirm."), figures
    sentence = _(
        "%(confirmed)s of %(members)s firms confirmed; this call asks for at least %(confirmations_needed)s."
    )
    return PASS, sentence % figures, figures


def _needed(call: Call, members: int) -> int:
    """How many firms have to confirm; a part of a firm counts as one."""
    if call.confirmations == Needs.ALL:
        return members
    if call.confirmations == Needs.QUORUM:
        return -(-members * call.quorum // 100)
    return 0


def _missing(by_state: dict[str, list[Member]], figures: dict[str, int]) -> str:
    """How many there are, who is missing, and what to do."""
    sentences = [
        _(
            "%(confirmed)s of %(members)s firms confirmed, and this call asks for at least %(confirmations_needed)s."
        )
        % figures
    ]
    sentences += [_these(state, by_state[state]) for state in SENTENCES if state in by_state]
    sentences.append(_("Send each firm its link on the page of your group."))
    return " ".join(sentences)


def _these(state: State, firms: list[Member]) -> str:
    return SENTENCES[state] % {"names": names(firms)}


def _doubts(facts: Facts, refused: list[Member], confirmed: list[Member]) -> list[str]:
    """What an officer should see, though enough firms confirmed."""
    said = facts.confirmations
    same = [member for member in confirmed if said[member.firm_id]["same_address"]]
    doubts = []
    if refused:
        doubts.append(_these(State.REFUSED, refused))
    if same:
        sentence = _("One e-mail address confirmed for several firms: %(names)s.")
        doubts.append(sentence % {"names": names(same)})
    if doubts:
        doubts.append(_("An officer judges this."))
    return doubts
