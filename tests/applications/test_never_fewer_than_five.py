"""No group with fewer than five SMEs ever passes, whoever else belongs to it (PROGRAMME 6.1; Hypothesis)."""

from hypothesis import given
from hypothesis import strategies as st

from applications.eligibility import FAIL, PASS, WARN
from applications.eligibility.rules import BY_CODE
from applications.models import Call
from tests.applications.test_advice import facts_of, member

# What can be said of a firm's size: whether it counts, and the look of the answer.
SIZES = st.sampled_from([(True, PASS), (True, WARN), (False, FAIL), (False, "incomplete")])


@given(
    sizes=st.lists(SIZES, max_size=12),
    asked=st.integers(min_value=5, max_value=9),
    others_admitted=st.booleans(),
)
def test_fewer_smes_than_the_call_asks_never_pass(sizes, asked, others_admitted):
    call = Call(min_firms=asked, others_admitted=others_admitted)
    facts = facts_of(call, [])
    facts.members = [
        type(each)(**{**vars(each), "outcome": outcome})
        for number, (is_sme, outcome) in enumerate(sizes)
        for each in [member(number, is_sme=is_sme)]
    ]
    smes = sum(is_sme for is_sme, _outcome in sizes)
    result = BY_CODE["enough_smes"].result(facts)
    assert (result.outcome == FAIL) == (smes < asked)
    if smes < 5:
        assert result.outcome == FAIL
    if result.outcome == PASS:
        assert not any(is_sme and outcome == WARN for is_sme, outcome in sizes), "unsure ones are judged"
    assert result.figures == {"members": len(sizes), "smes": smes, "least": asked}
    others = BY_CODE["others_admitted"].result(facts)
    assert (others.outcome == FAIL) == (smes < len(sizes) and not others_admitted)
