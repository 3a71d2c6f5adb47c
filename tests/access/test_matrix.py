"""Every address × every role: who comes in, who reads that they may not (403), for whom there is nothing there (404).

The tables are the policy of PROGRAMME 3, row by row, as an address shows it. An address without a row fails, and so
does a row without an address. The rows speak of the first group's case: whoever belongs to the other group is as much
a stranger to it as a stranger is. `make test` asks one person for each answer of a row, `make test-slow` everybody.
"""

from collections.abc import Callable, Iterable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from applications.sections import SECTIONS
from applications.supporting.workflow import SUPPORT
from applications.workflow import APPLICATION
from grants.amendments.workflow import AMENDMENT
from grants.findings.workflow import FINDING
from grants.refunds.workflow import RECEIPT, REFUND
from grants.visits.workflow import VISIT
from grants.workflow import DISBURSEMENT, EXPENSE, PROJECT
from groups.workflow import APPOINTMENT
from reports.workflow import REPORT
from tests.access.acts import ACTS
from tests.access.pages import PAGES
from tests.access.policies import Row
from tests.access.world import CAST, CODE, World


def addresses(world: World) -> dict[str, object]:
    """What the words of the rows stand for."""
    ours, shared = world.ours, world.rows
    own = {name: row.pk for name, row in ours.rows.items() if hasattr(row, "pk")}
    cases = (
        "group",
        "draft",
        "in_review",
        "recommended",
        "approved",
        "project",
        "accepted",
        "submitted",
        "writing",
    )
    return {
        **own,
        **{name: getattr(ours, name).pk for name in cases},
        **{
            name: shared[name].pk
            for name in ("role", "cover", "delegation", "person", "invitation", "job", "message", "snippet")
        },
        **{name: shared[name].pk for name in ("price_update", "price_figure")},
        "upload": shared["upload"].key,
        "advice": "share_of_whole",
        "texts": "project",  # the section; the word alone is the project
        "call": shared["call"].code,
        "hidden_call": shared["hidden_call"].code,
        "criterion": shared["hidden_call"].criteria.first().pk,
        "code": CODE,
        "token": shared["token"],
        "firm_token": shared["firm_token"],
        "part_token": ours.rows["part_token"],
        "a_certificate": "certificate",  # the kind; the word alone is a firm's
        "written_photo": ours.rows["written_joint_machine"].photos.get().pk,
        "adviser": world.people["adviser"].pk,
        "reviewer": world.people["reviewer"].pk,
        "tie": shared["tie"].pk,
        "a_firm": "firm",  # the words alone are ours
        "a_group": "group",
        "institution": ours.rows["partner"].institution_id,
        "economic_activity": ours.rows["firm"].activity_id,
        "members_place": ours.rows["places"]["member"].pk,
        "tranche": ours.rows["paid_later"].pk,
        "others_review": ours.in_review.reviews.exclude(reviewer=world.people["reviewer"]).get().pk,
        "attached_document": ours.rows["attached"].document_id,
        "evidence_document": ours.rows["evidence"].document_id,
        "receipt_document": shared["genuine"].pk,
    }


def path_of(world: World, row: Row) -> str:
    """The address that a row speaks of."""
    known = addresses(world)
    return reverse(row.name, args=[known.get(word, word) for word in row.args.split()])


def expected(row: Row, who: str) -> int | str:
    """The code of the policy; "login" where a visitor is asked who they are."""
    if who in row.policy.may:
        return row.but.get(who, row.code)
    if who == "visitor" and row.policy.asks_who:
        return "login"
    return 403 if who in row.policy.sees else 404


def answer(response) -> int | str:
    """The code of an answer; "login" when it leads to the log-in."""
    if response.status_code == 302 and response["Location"].startswith(reverse("account_login") + "?"):
        return "login"
    return response.status_code


def one_of_each(row: Row) -> list[str]:
    """One for each answer that the row knows, and whoever gets an answer of their own; not the same one at every row."""
    by_answer: dict[int | str, list[str]] = {}
    for who in CAST:
        by_answer.setdefault(expected(row, who), []).append(who)
    turn = len(f"{row.name} {row.args}")
    return sorted({*(found[turn % len(found)] for found in by_answer.values()), *row.but})


def _matrix_test(method: str, rows: list[Row], cast: Callable[[Row], Iterable[str]]):
    @pytest.mark.parametrize("row", rows, ids=lambda row: f"{row.name} {row.args}".strip())
    def test(world, row):
        path = path_of(world, row)
        found = {who: answer(world.ask(who, method, path)) for who in cast(row)}
        assert found == {who: expected(row, who) for who in found}

    return test


def everybody(row: Row) -> Iterable[str]:
    return CAST


test_each_answer_of_a_page = _matrix_test("GET", PAGES, one_of_each)
test_each_answer_of_an_act = _matrix_test("POST", ACTS, one_of_each)
# The whole matrix takes minutes.
test_pages_are_for_whom_the_policy_says = pytest.mark.slow(_matrix_test("GET", PAGES, everybody))
test_acts_are_for_whom_the_policy_says = pytest.mark.slow(_matrix_test("POST", ACTS, everybody))


# --- Nothing was forgotten ------------------------------------------------------------------------------


def url_names(resolver: URLResolver) -> Iterator[str]:
    """Every name of an address."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from url_names(pattern)
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name


def test_every_address_has_a_row_and_every_row_an_address():
    assert {row.name for row in (*PAGES, *ACTS)} == set(url_names(get_resolver()))


def test_an_address_takes_only_the_methods_that_have_rows(world):
    """What has none of acts does not answer POST: to nobody, and with a page of ours."""
    paths = {row.name: path_of(world, row) for row in PAGES}
    for name in sorted(paths.keys() - {row.name for row in ACTS}):
        for who in ("admin", "representative"):
            response = world.ask(who, "POST", paths[name])
            assert response.status_code == 405, (name, who)
            assert f'href="{paths[name]}"' in response.content.decode(), (name, who)


def test_an_address_that_only_takes_forms_leads_to_the_page_above_it(world):
    """Whoever types it, reloads it or changes the language on its page stands in the site, and not before an empty page."""
    paths = {row.name: path_of(world, row) for row in ACTS}
    for name in sorted(paths.keys() - {row.name for row in PAGES}):
        found = set()
        for who in ("admin", "representative", "officer"):
            path = paths[name]
            response = world.ask(who, "GET", path)
            assert response.status_code == 302, (name, who)
            while response.status_code == 302:
                assert path.startswith(response["Location"]), (name, who, path)
                path = response["Location"]
                response = world.ask(who, "GET", path)
            found.add(response.status_code)
        # A page, or whose it is: for one of them it is there.
        assert found <= {200, 403, 404, 409}, (name, path)
        assert found != {404}, (name, path)


@pytest.mark.parametrize(
    ("name", "about", "workflow"),
    [
        ("appointment_act", "appointment", APPOINTMENT),
        ("application_act", "approved", APPLICATION),
        ("support_act", "support", SUPPORT),
        ("project_act", "project", PROJECT),
        ("disbursement_act", "payment", DISBURSEMENT),
        ("expense_act", "expense", EXPENSE),
        ("refund_act", "refund", REFUND),
        ("receipt_act", "refund_receipt", RECEIPT),
        ("finding_act", "finding", FINDING),
        ("report_act", "writing", REPORT),
        ("amendment_act", "amendment", AMENDMENT),
        ("visit_act", "visit", VISIT),
    ],
)
def test_a_transition_without_a_row_has_no_page(world, name, about, workflow):
    """The acts that share one address: nobody comes to a transition through it that the tables do not know."""
    for method, rows in (("GET", PAGES), ("POST", ACTS)):
        listed = {row.args.split()[1] for row in rows if row.name == name}
        assert listed <= set(workflow.by_name)
        for act in (*(set(workflow.by_name) - listed), "no-such-act"):
            path = reverse(name, args=[addresses(world)[about], act])
            if resolve(path).url_name != name:  # a page of its own, with rows of its own
                continue
            for who in ("representative", "officer", "approver", "finance"):
                assert world.ask(who, method, path).status_code == 404, (method, act, who)


def test_every_section_has_its_rows():
    for rows in (PAGES, ACTS):
        listed = {row.args.split()[1] for row in rows if row.name == "application_section"}
        assert listed == {"texts", *(section.code for section in SECTIONS)} - {"project"}
