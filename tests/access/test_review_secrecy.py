"""Who reads what a reviewer writes: each field of a review carries words of its own, and every page and file is searched
for them, for everybody.

A draft is its author's alone. A sent review is read by who may read reviews; by the other reviewers of the case never;
by the group only as a total and a comment without a name, and only with the decision.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from accounts.roles import Role
from applications import bundle, judging, letter_paper
from applications.models import Application, Decision, Review
from applications.workflow import APPLICATION, REVIEW
from core import documents
from core.workflow import TransitionRefused
from tests.access import test_matrix as matrix
from tests.access.world import CAST, DAY, TODAY, World
from tests.cast import give_role
from tests.factories_applications import OFFICE, amounts_of, application_at, approval, make_call, staff_member

pytestmark = pytest.mark.slow

# --- What is looked for -------------------------------------------------------------------------------

# Points of 30000: figures that nothing else on any page has. By each reviewer the same for every criterion.
MOST = 30000
AUTHOR, PEER, TWO_HATS = "reviewer", "peer", "officer_who_reviews"
SCORES = {AUTHOR: 27431, PEER: 26113, TWO_HATS: 25079}
TOTALS = {AUTHOR: r"91[.,]44", PEER: r"87[.,]04", TWO_HATS: r"83[.,]6"}
FIELDS = {"score", "reason", "comment", "advice", "total"}
ADVICE = "Approve with a smaller amount"


def patterns(who: str) -> dict[str, str]:
    """How each field of this reviewer's review looks, wherever it stands. All advise the same."""
    return {
        "score": rf"(?<![\w.]){SCORES[who]}(?!\w)",
        "reason": f"reason-of-{who}",
        "comment": f"comment-of-{who}",
        "advice": ADVICE,
        "total": rf"(?<![\w.,]){TOTALS[who]}(?!\w)",
    }


def found_in(text: str, who: str) -> set[str]:
    """The fields of this reviewer's review that stand in a text."""
    return {field for field, pattern in patterns(who).items() if re.search(pattern, text)}


def text_of(response) -> str:
    """What somebody reads of an answer: the words of a page, the parts of an archive, the pages of a PDF."""
    if response.status_code >= 300:
        return ""
    return words_of(b"".join(response) if response.streaming else response.content)


def words_of(content: bytes) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if content.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    text = content.decode("utf-8", "replace")
    # The choices of the form stand there before anybody has chosen.
    return unescape(re.sub(r"<label[^>]*for=\"id_advice_\d\".*?</label>", " ", text, flags=re.S))


# --- The cast -----------------------------------------------------------------------------------------

EVERYBODY = (*CAST, PEER, TWO_HATS)
READERS = frozenset({"officer", "approver", "auditor"})
THE_GROUP = frozenset({"representative", "member", "viewer", "coordinator"})


@pytest.fixture
def case(world) -> Application:
    """In review by three: the author; a peer; and an officer who was asked to review it too."""
    call = make_call(code="SECRET", closes_at=TODAY + 20 * DAY)
    call.criteria.update(max_score=MOST)
    application = application_at("in_review", group=world.ours.group, call=call)
    both = staff_member("both", Role.OFFICER)
    give_role(both, Role.REVIEWER, by=OFFICE.admin)
    both.forget_roles()
    judging.assign_reviewer(by=OFFICE.officer, application=application, reviewer=both, now=TODAY)
    world.people |= {PEER: OFFICE.reviewers[1], TWO_HATS: both}
    for who in (AUTHOR, PEER, TWO_HATS):
        world.sign_in(who)
        declare(review_of(world, application, who))
    return application


def review_of(world: World, case: Application, who: str) -> Review:
    return case.reviews.get(reviewer=world.people[who])


def declare(review: Review) -> None:
    REVIEW.apply(review, "declare_interest", by=review.reviewer, now=TODAY, data={"no_interest": True})


def write(world: World, case: Application, who: str) -> Review:
    """A whole review with its marks, not sent."""
    review = review_of(world, case, who)
    return judging.save_review(
        by=review.reviewer,
        review=review,
        scores={each.pk: (SCORES[who], f"reason-of-{who}") for each in case.call.criteria.all()},
        comment=f"comment-of-{who}",
        advice=Review.Advice.APPROVE_LESS,
        version=None,
        now=TODAY,
    )


def send(world: World, case: Application, who: str) -> Review:
    review = write(world, case, who)
    return REVIEW.apply(review, "send", by=review.reviewer, now=TODAY)


def recommend(case: Application) -> None:
    data = {"amounts": amounts_of(case), "reason": "They agree."}
    APPLICATION.apply(case, "recommend", by=OFFICE.officer, now=TODAY, data=data)


def approve(case: Application) -> Decision:
    case.refresh_from_db()
    APPLICATION.apply(case, "approve", by=OFFICE.approver, now=TODAY, data=approval(case))
    return case.decisions.get()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- Where it could stand -----------------------------------------------------------------------------

# Pages of one thing that is no part of our case.
ELSEWHERE = re.compile(
    r"account_|mfa_|verify|norm_|catalogue_|economic_|invitation|upload|call_row|firm_|cert|linked|job$"
)
OF_THE_CASE = {"in_review", "review", "others_review", "group", "call", "csv", "times", "reviewer", "person"}


def addresses(world: World, case: Application) -> list[str]:
    """Every page of the matrix that could show it: those of the case, its group and its call, and those of no case.
    And what the matrix has in another form only."""
    rows = [
        row for row in matrix.PAGES if not ELSEWHERE.match(row.name) and set(row.args.split()) <= OF_THE_CASE
    ]
    known = matrix.addresses(world) | {
        "in_review": case.pk,
        "review": review_of(world, case, AUTHOR).pk,
        "others_review": review_of(world, case, PEER).pk,
        "call": case.call.code,
    }
    paths = (reverse(row.name, args=[known.get(word, word) for word in row.args.split()]) for row in rows)
    return list(dict.fromkeys([*paths, *of_the_case(case)]))


def of_the_case(case: Application) -> Iterator[str]:
    """What stands closest to the reviews: each of them, the pages that compare them, every kind of file."""
    names = (
        "application_detail",
        "reviews_assign",
        "application_consensus",
        "recommend",
        "decide",
        "eligibility",
    )
    yield from (
        reverse(name, args=[case.pk]) for name in (*names, "application_messages", "application_changes")
    )
    yield reverse("call_ranking", args=[case.call.code])
    for kind in ("csv", "xlsx"):
        yield reverse("application_export", args=[kind])
        yield reverse("ranking_export", args=[case.call.code, kind])
    for review in case.reviews.all():
        yield from (reverse(name, args=[review.pk]) for name in ("review_detail", "review_decline"))
    for decision in case.decisions.all():
        yield from (reverse(name, args=[decision.pk]) for name in ("decision_detail", "decision_why"))
    yield from (
        reverse(name) for name in ("home", "inbox", "monday", "review_list", "staff_figures", "notices")
    )


def seen(world: World, people: Iterable[str], paths: Iterable[str], whose: str) -> dict[str, dict[str, set]]:
    """{who: {address: the fields of this reviewer's review that stand there}}."""
    read: dict[str, dict[str, set]] = {}
    for who in people:
        for path in paths:
            if fields := found_in(text_of(world.ask(who, "GET", path)), whose):
                read.setdefault(who, {})[path] = fields
    return read


# --- A draft ------------------------------------------------------------------------------------------


def test_a_draft_is_read_by_nobody_but_its_author(world, case):
    """The author's own page is the control: what is searched for is there to be found."""
    own = reverse("review_detail", args=[write(world, case, AUTHOR).pk])
    found = seen(world, EVERYBODY, addresses(world, case), AUTHOR)
    assert found == {AUTHOR: {own: {"score", "reason", "comment", "total"}}}
    page = world.ask(AUTHOR, "GET", own).content.decode()
    assert re.search(r'value="approve_less"[^>]*checked', page), "and the advice, as the chosen button"


@pytest.mark.parametrize("end", ["decline", "void", "reassign"])
def test_a_draft_that_came_to_an_end_is_read_by_nobody_at_all(world, case, end):
    give_up(write(world, case, AUTHOR), end)
    assert seen(world, (AUTHOR, PEER, *READERS, "admin"), list(of_the_case(case)), AUTHOR) == {}


def give_up(review: Review, how: str) -> None:
    by = review.reviewer if how == "decline" else OFFICE.officer
    REVIEW.apply(review, how, by=by, now=TODAY, data={"reason": "Ill."})


def test_a_draft_is_part_of_no_recommendation_and_no_decision(world, case):
    for who in (AUTHOR, PEER):
        send(world, case, who)
    write(world, case, TWO_HATS)
    with pytest.raises(TransitionRefused, match="still being written"):
        recommend(case)
    give_up(review_of(world, case, TWO_HATS), "void")
    recommend(case)
    people = (*READERS, TWO_HATS, AUTHOR, "representative")

    def read() -> set[str]:
        found = seen(world, people, list(of_the_case(case)), TWO_HATS)
        fields = [fields for pages in found.values() for fields in pages.values()]
        # All of them advise the same, and two have said so.
        return set().union(*fields) - {"advice"}

    assert read() == set()
    approve(case)
    assert read() == set()


@pytest.mark.parametrize("state", ["draft", "sent"])
def test_no_list_is_searched_by_the_words_of_a_review(world, case, state):
    (write if state == "draft" else send)(world, case, AUTHOR)
    for name in ("application_list", "group_search", "firm_list"):
        for words in ("comment-of-reviewer", "reason-of-reviewer", str(SCORES[AUTHOR])):
            page = text_of(world.ask("officer", "GET", f"{reverse(name)}?q={words}"))
            assert case.reference not in page
            assert reverse("application_detail", args=[case.pk]) not in page


def test_events_and_messages_hold_no_words_of_a_review(world, case):
    send(world, case, AUTHOR)
    events = case.case.events.select_related("text")
    kept = [f"{event.data} {getattr(event, 'text', '')}" for event in events]
    kept += [str(message.context) for message in case.case.messages.all()]
    # The total is kept with the event of sending, which is the programme's own affair.
    assert {field for text in kept for field in found_in(text, AUTHOR)} == {"total"}


# --- A sent review ------------------------------------------------------------------------------------


def test_a_sent_review_is_read_by_its_author_and_by_who_reads_reviews(world, case):
    own = reverse("review_detail", args=[send(world, case, AUTHOR).pk])
    found = seen(world, EVERYBODY, addresses(world, case), AUTHOR)
    assert set(found) == {AUTHOR, *READERS}
    assert all(found[who][own] == FIELDS for who in found)
    assert set(found[AUTHOR]) == {own, reverse("review_list")}


def test_the_other_reviewers_read_nothing_of_it_before_theirs_is_sent(world, case):
    send(world, case, AUTHOR)
    for who in (PEER, TWO_HATS):
        with undone():
            write(world, case, who)
            found = seen(world, [who], addresses(world, case), AUTHOR)
            assert found == {}, "nor while they write"


def test_a_reviewer_reads_nothing_of_the_others_afterwards(world, case):
    for who in (AUTHOR, PEER, TWO_HATS):
        send(world, case, who)

    def words_of_the_author() -> dict[str, dict[str, set]]:
        found = seen(world, [PEER], list(of_the_case(case)), AUTHOR)
        # Their own page gives the same advice.
        return {
            who: left for who in found if (left := {p: f for p, f in found[who].items() if f != {"advice"}})
        }

    assert words_of_the_author() == {}
    recommend(case)
    approve(case)
    assert words_of_the_author() == {}
    found = seen(world, [TWO_HATS], list(of_the_case(case)), AUTHOR)
    assert set().union(*found[TWO_HATS].values()) == FIELDS, "who is an officer besides is one again"


# --- The group ----------------------------------------------------------------------------------------


def test_the_group_reads_totals_and_comments_without_names_and_only_once_it_is_decided(world, case):
    for who in (AUTHOR, PEER, TWO_HATS):
        send(world, case, who)
    outside = (*THE_GROUP, "adviser", "stranger", "visitor", "other_representative")
    recommend(case)
    assert seen(world, outside, list(of_the_case(case)), AUTHOR) == {}
    decision = approve(case)
    found = seen(world, outside, list(of_the_case(case)), AUTHOR)
    assert set(found) == THE_GROUP | {"adviser"}
    pages = {reverse(name, args=[decision.pk]) for name in ("decision_detail", "decision_why")}
    for who in found:
        read = set().union(*found[who].values())
        assert read - {"score"} == {"comment", "total"}, who
        assert set(found[who]) <= pages
        for page in pages:
            text = text_of(world.ask(who, "GET", page))
            assert not [name for name in reviewers(world) if name in text], "no name beside it"


def reviewers(world: World) -> list[str]:
    return [world.people[who].full_name for who in (AUTHOR, PEER, TWO_HATS)]


# --- Files --------------------------------------------------------------------------------------------


def made(module, job) -> str:
    """What a worker makes of a job, as text."""
    document = module.make(job, lambda done, whole: None)
    with documents.open_file(document) as file:
        return words_of(file.read())


def test_the_zip_of_the_files_holds_nothing_of_a_review(world, case):
    send(world, case, AUTHOR)
    write(world, case, TWO_HATS)
    text = made(bundle, bundle.ask(case, by=OFFICE.officer, now=TODAY))
    assert "minutes.pdf" in text
    for who in (AUTHOR, TWO_HATS):
        assert found_in(text, who) == set()


def test_the_letter_holds_totals_and_comments_of_what_was_sent_and_nothing_else(world, case):
    for who in (AUTHOR, PEER):
        send(world, case, who)
    write(world, case, TWO_HATS)
    give_up(review_of(world, case, TWO_HATS), "void")
    recommend(case)
    text = made(letter_paper, letter_paper.ask(approve(case), by=OFFICE.officer, now=TODAY))
    for who in (AUTHOR, PEER):
        assert found_in(text, who) == {"comment", "total"}
    assert found_in(text, TWO_HATS) == set()
    assert not [name for name in reviewers(world) if name in text]
