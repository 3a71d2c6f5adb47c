"""What a page never offers: fields that no form has, ids of other cases, states skipped, acts sent twice or late.

Each is refused with a 4xx, and the whole database stays as it was.
"""

import datetime as dt
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse

from accounts import actions
from accounts.roles import Role
from tests.access.world import TODAY, World
from tests.factories_applications import staff_member
from tests.factories_grants import finance2, make_cbu, treasury
from tests.factories_groups import make_cuit

pytestmark = pytest.mark.slow

APPS = ("accounts", "groups", "applications", "grants", "reports")
REFUSED = {404, 409, 422}


def picture(*, with_events: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Every row of the project but sessions and jobs; without events also without the numbers that the database gave."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    if with_events:
        models += [apps.get_model("core", name) for name in ("Case", "Event", "Message", "Document")]
    rows = {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
    if not with_events:
        rows = {label: [{**row, "id": None} for row in found] for label, found in rows.items()}
        for row in rows["applications.Submission"]:
            row["sha256"] = row["snapshot"]["reference"] = None
        for row in rows["applications.SubmissionMember"]:
            row["submission_id"] = None
        # The words by which a case is found hold its number.
        for row in rows["applications.ApplicationWords"]:
            row["vector"] = None
    return rows


class Act(NamedTuple):
    """An act with all that it needs. `shown`: the page whose form says the rest."""

    who: str
    name: str
    about: str  # path to the objects from the world: "ours.draft ours.rows.activity"; a word without a point is itself
    body: dict[str, Any]
    shown: bool = False


DONE = {"done_percent": "100", "what_was_done": "Installed."}
NO_OBSERVATIONS = {
    "observations-TOTAL_FORMS": "3",
    "observations-INITIAL_FORMS": "0",
    "observations-MIN_NUM_FORMS": "0",
    "observations-MAX_NUM_FORMS": "3",
}
REJECT = {"decision": "reject", "resolution": "REJ-9", "reason": "Little is learnt.", "step": "sign"}
ADMINISTRATOR = {"name": "Asociación", "cuit": make_cuit(900_077), "cbu": make_cbu(77)}

# Every one of these compares the version that its page showed.
VERSIONED = [
    Act("representative", "group_edit", "ours.group", {"locality": "Eldorado"}, shown=True),
    Act("representative", "firm_edit", "ours.group ours.rows.firm", {"name": "Aserradero"}, shown=True),
    Act("officer", "appointment_act", "ours.rows.appointment end", {"ended_on": "2026-12-10", "reason": "So."}),
    Act("member", "application_section", "ours.draft project", {"title": "Two kilns"}, shown=True),
    Act("member", "activity_add", "ours.draft", {"name": "Sell", "first_month": "2", "last_month": "3",
        "responsible": "All", "deliverable": "Sales"}),
    Act("member", "activity_edit", "ours.draft ours.rows.activity", {"name": "Sell"}, shown=True),
    Act("member", "activity_move", "ours.draft ours.rows.activity", {"direction": "down"}),
    Act("member", "activity_delete", "ours.draft ours.rows.activity", {}),
    Act("member", "budget_line_edit", "ours.draft ours.rows.line", {"description": "A kiln"}, shown=True),
    Act("member", "budget_line_delete", "ours.draft ours.rows.line", {}),
    Act("adviser", "document_detach", "ours.draft ours.rows.attached", {}),
    Act("representative", "application_submit", "ours.draft", {"declared": "on"}),
    Act("representative", "application_act", "ours.in_review withdraw", {"reason": "Next year."}),
    Act("officer", "application_return", "ours.in_review", {"note_plan": "Say more.", "answer_by": "2026-12-30"}),
    Act("reviewer", "review_detail", "ours.rows.review", {"comment": "A good plan."}),
    Act("approver", "decide", "ours.recommended", REJECT),
    Act("approver", "decide", "ours.recommended", REJECT | {"decision": "send_back"}),
    Act("representative", "payee", "ours.project", ADMINISTRATOR),
    Act("officer", "project_act", "ours.project suspend", {"reason": "A flood."}),
    Act("finance", "disbursement_act", "ours.rows.payment fail", {"reason": "The bank refused it."}),
    Act("finance2", "disbursement_confirm", "ours.rows.payment", {}),
    Act("coordinator", "report_edit", "ours.writing", {"summary": "All went well."}),
    Act("coordinator", "report_activity", "ours.writing ours.rows.baseline", DONE),
    Act("coordinator", "report_unchanged", "ours.writing", {}),
    Act("coordinator", "report_outcome_remove", "ours.writing ours.rows.outcome", {}),
    Act("coordinator", "report_evidence_remove", "ours.writing ours.rows.evidence", {}),
    Act("coordinator", "report_entry_remove", "ours.writing people ours.rows.written_training", {}),
    Act("officer", "report_act", "ours.submitted accept", NO_OBSERVATIONS),
    Act("officer", "report_act", "ours.submitted return_report", {"reason": "Show the invoice."}),
    Act("officer", "report_act", "ours.writing skip", {"reason": "A flood."}),
]  # fmt: skip

GARBLED = (None, "", "seven", "-1", "1.0", "²", "9" * 9, "9" * 40)


def find(world: World, place: str) -> Any:
    """What a path of names leads to."""
    found: Any = world
    for name in place.split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found


def path_of(world: World, name: str, about: str) -> str:
    """The address of an act."""
    return reverse(name, args=[find(world, word).pk if "." in word else word for word in about.split()])


def versioned(world: World, act: Act) -> Any:
    """The row whose version counts: the firm of a firm's page, else what the address names first."""
    words = [word for word in act.about.split() if "." in word]
    row = find(world, words[-1] if act.name == "firm_edit" else words[0])
    return type(row)._base_manager.get(pk=row.pk)


def body_of(world: World, act: Act, path: str) -> dict[str, Any]:
    """What a person would send, but for the version."""
    body: dict[str, Any] = {}
    if act.shown:
        form = world.do(act.who, "GET", path).context["form"]
        body = {bound.html_name: bound.value() for bound in form}
    if act.name == "disbursement_confirm":
        body = {name: str(value) for name, value in treasury(world.ours.rows["payment"], now=TODAY).items()}
    kept = {name: value for name, value in {**body, **act.body}.items() if value not in (None, False)}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in kept.items()}


@pytest.fixture
def finance_too(world):
    """Another finance officer: who ordered a payment does not confirm it."""
    world.people["finance2"] = finance2()
    world.sign_in("finance2")


def ids(act: Any) -> str:
    return f"{act.name} {act.about}"


@pytest.mark.parametrize("act", VERSIONED, ids=ids)
def test_without_the_version_of_the_page_nothing_changes(world, finance_too, act):
    """Missing, garbled or old: never an error of ours. With the right one the same form is taken, once."""
    path, row = path_of(world, act.name, act.about), versioned(world, act)
    body, before = body_of(world, act, path), picture()
    # A version is read in one place: how it may be garbled is tried once.
    garbled = GARBLED if act is VERSIONED[0] else (None, "9" * 40)
    for version in (*garbled, str(row.version + 1)):
        sent = body if version is None else {**body, "version": version}
        response = world.do(act.who, "POST", path, sent)
        assert response.status_code in (409, 422), (version, response.status_code)
    assert picture() == before
    sent = {**body, "version": str(row.version)}
    assert world.do(act.who, "POST", path, sent).status_code == 302
    after = picture()
    assert after != before
    again = world.do(act.who, "POST", path, sent)
    assert again.status_code < 500
    assert picture() == after, "the second time changed something"


def test_fields_that_no_form_has_change_nothing(world, finance_too):
    """What comes of an act is the same with them and without them."""
    other = world.theirs
    extra = {
        **dict.fromkeys(("status", "state", "to_state", "target"), "approved"),
        **dict.fromkeys(("group", "group_id"), other.group.pk),
        **dict.fromkeys(("call", "call_id"), find(world, "rows.hidden_call").pk),
        **dict.fromkeys(("application", "application_id"), other.approved.pk),
        **dict.fromkeys(("project", "project_id"), other.project.pk),
        **dict.fromkeys(("report", "report_id"), other.writing.pk),
        **dict.fromkeys(("case", "case_id"), other.group.case_id),
        **dict.fromkeys(("approved_amount", "amount", "envelope", "max_share"), "1.00"),
        **dict.fromkeys(
            ("created_by", "by", "user", "reviewer", "person", "decided_by"), world.people["admin"].pk
        ),
        **dict.fromkeys(("id", "pk", "order", "number"), "1"),
        **dict.fromkeys(
            ("first_submitted_at", "submitted_at", "now", "decided_at", "arrived_at"), "2020-01-01"
        ),
        **dict.fromkeys(("is_active", "is_staff", "is_superuser", "current", "replaced"), "on"),
        "reference": "LSP-2020-00001",
        "cuit": make_cuit(900_078),
        "role": "admin",
    }
    for act in VERSIONED:
        path, row = path_of(world, act.name, act.about), versioned(world, act)
        body = {**body_of(world, act, path), "version": str(row.version)}
        found = []
        for sent in (body, {**extra, **body}):
            with transaction.atomic():
                assert world.do(act.who, "POST", path, sent).status_code == 302, ids(act)
                found.append(picture(with_events=False))
                transaction.set_rollback(True)
        for label, rows in found[0].items():
            assert found[1][label] == rows, (ids(act), label)


# --- Ids of other cases ---------------------------------------------------------------------------------


class Forged(NamedTuple):
    """An act that names a row of another case, and how it is refused."""

    who: str
    name: str
    about: str
    code: int
    body: dict[str, str] = {}  # values with a point lead to a row, whose id is sent


COST = {"category": "innovation", "description": "A mould", "quantity": "1", "unit_cost": "100"}
OBSERVED = {
    **NO_OBSERVATIONS,
    "observations-0-text": "Show it.",
    "observations-0-due_on": "2026-12-30",
    "observations-0-tranche": "theirs.rows.paid_later",
}

FOREIGN = [
    # A row of the other group under an address of one's own
    Forged("representative", "firm_edit", "ours.group theirs.rows.firm", 404),
    Forged("representative", "firm_leave", "ours.group theirs.rows.firm", 404, {"on": "2026-12-10"}),
    Forged("representative", "place_end", "ours.group theirs.rows.place", 404),
    Forged("representative", "representation_hand_over", "ours.group theirs.rows.place", 404),
    Forged("other_representative", "group_invitation_revoke", "theirs.group rows.invitation", 404),
    Forged("representative", "certificate_remove", "ours.group theirs.rows.firm theirs.rows.certificate", 404),
    Forged("representative", "certificate_remove", "ours.group ours.rows.firm theirs.rows.certificate", 404),
    Forged("representative", "linked_firm_remove", "ours.group ours.rows.firm theirs.rows.linked_firm", 404),
    Forged("representative", "firm_link_send", "ours.group theirs.rows.firm", 404),
    Forged("representative", "firm_link_share", "ours.group theirs.rows.firm", 404),
    Forged("representative", "firm_link_revoke", "ours.group theirs.rows.firm", 404),
    Forged("representative", "firm_paper_add", "ours.group theirs.rows.firm", 404, {"person_name": "Ana"}),
    Forged("officer", "paper_check", "ours.group theirs.rows.paper", 404, {"do": "accept"}),
    Forged("representative", "join_request_send", "ours.group theirs.rows.question", 404),
    Forged("representative", "join_request_share", "ours.group theirs.rows.question", 404),
    Forged("representative", "join_request_withdraw", "ours.group theirs.rows.question", 404),
    Forged("officer", "join_request_decline", "ours.group theirs.rows.question", 404, {"reason": "No."}),
    Forged("representative", "partner_edit", "ours.group theirs.rows.partner", 404, {"role": "Teaches"}),
    Forged("representative", "partner_end", "ours.group theirs.rows.partner", 404, {"on": "2026-12-10"}),
    Forged("member", "quote_add", "ours.draft theirs.rows.line", 404),
    Forged("member", "quote_delete", "ours.draft theirs.rows.line theirs.rows.quote", 404),
    Forged("member", "quote_delete", "ours.draft ours.rows.line theirs.rows.quote", 404),
    Forged("member", "document_replace", "ours.draft theirs.rows.attached", 404),
    Forged("member", "activity_edit", "ours.draft theirs.rows.activity", 404),
    Forged("member", "activity_move", "ours.draft theirs.rows.activity", 404, {"direction": "down"}),
    Forged("member", "activity_delete", "ours.draft theirs.rows.activity", 404),
    Forged("member", "budget_line_edit", "ours.draft theirs.rows.line", 404, COST),
    Forged("member", "budget_line_move", "ours.draft theirs.rows.line", 404, {"direction": "down"}),
    Forged("member", "budget_line_delete", "ours.draft theirs.rows.line", 404),
    Forged("member", "document_detach", "ours.draft theirs.rows.attached", 404),
    Forged("coordinator", "report_activity", "ours.writing theirs.rows.baseline", 404, DONE),
    Forged("coordinator", "report_notebook", "ours.writing theirs.rows.baseline", 404),
    Forged("coordinator", "report_notebook", "ours.writing ours.rows.baseline", 409, {"entry": "theirs.rows.entry"}),
    Forged("coordinator", "notebook_edit", "ours.project theirs.rows.entry", 404, {"text": "Ours."}),
    Forged("coordinator", "notebook_remove", "ours.project theirs.rows.entry", 404),
    Forged("coordinator", "notebook_add", "ours.project note", 422, {"text": "Ours.", "activity": "theirs.rows.baseline"}),
    Forged("coordinator", "report_outcome_edit", "ours.writing theirs.rows.outcome", 404),
    Forged("coordinator", "report_outcome_remove", "ours.writing theirs.rows.outcome", 404),
    Forged("coordinator", "report_entry_edit", "ours.writing people theirs.rows.written_training", 404),
    Forged("coordinator", "report_entry_remove", "ours.writing machine theirs.rows.written_joint_machine", 404),
    Forged("coordinator", "report_part", "ours.writing theirs.rows.part", 404),
    Forged("coordinator", "report_part_withdraw", "ours.writing theirs.rows.part", 404),
    Forged("coordinator", "certificate_renew", "theirs.rows.certification", 404),
    Forged("coordinator", "report_evidence_remove", "ours.writing theirs.rows.evidence", 404),
    Forged("officer", "report_observation_met", "ours.accepted theirs.rows.observation", 404),
    Forged("adviser", "session_edit", "ours.rows.support theirs.rows.session", 404),
    Forged("representative", "suggestion_detail", "ours.draft theirs.rows.suggestion", 404, {"act": "adopt"}),
    # A row of another call, application or project in a field
    Forged("member", "document_attach", "ours.draft rows.other_requirement", 404),
    Forged("member", "budget_line_add", "ours.draft", 422, COST | {"activity": "theirs.rows.activity"}),
    Forged("member", "budget_line_edit", "ours.draft ours.rows.line", 422, COST | {"activity": "theirs.rows.activity"}),
    Forged("member", "budget_line_add", "ours.draft", 422, COST | {"category": "coordination"}),
    Forged("representative", "application_start", "CALL-1", 422, {"group": "theirs.group"}),
    Forged("representative", "application_copy", "ours.draft", 422, {"source": "theirs.recommended", "replace": "on"}),
    Forged("representative", "section_mark", "ours.draft plan", 409, {"act": "assign", "person": "people.adviser"}),
    Forged("officer", "report_act", "ours.submitted accept", 422, OBSERVED),
    Forged("officer", "reviews_assign", "ours.in_review", 404, {"act": "void", "review": "theirs.rows.review"}),
    Forged("officer", "reviews_assign", "ours.in_review", 404, {"act": "keep", "review": "theirs.rows.review"}),
    # A person who may not be that
    Forged("officer", "reviews_assign", "ours.in_review", 422,
        {"act": "assign", "reviewers": "people.representative", "due_on": "2026-12-30"}),
    Forged("officer", "support_offer", "ours.group", 422, {"adviser": "people.representative", "need": "Help."}),
    Forged("officer", "support_offer", "ours.group", 422, {"adviser": "people.adviser", "need": "Help."}),
    Forged("representative", "group_people", "ours.group", 422, {"email": "new@lsp.example", "role": "representative"}),
    Forged("representative", "group_people", "ours.group", 422, {"email": "new@lsp.example", "role": "officer"}),
    # An id that is none
    Forged("member", "budget_line_add", "ours.draft", 422, COST | {"activity": "' OR 1=1"}),
    Forged("member", "budget_line_add", "ours.draft", 422, COST | {"activity": "9" * 40}),
    Forged("representative", "application_start", "CALL-1", 422, {"group": "9" * 40}),
    Forged("officer", "reviews_assign", "ours.in_review", 404, {"act": "void", "review": "9" * 40}),
    Forged("officer", "reviews_assign", "ours.in_review", 422,
        {"act": "assign", "reviewers": "9" * 40, "due_on": "2026-12-30"}),
    Forged("officer", "report_act", "ours.submitted accept", 422, OBSERVED | {"observations-0-tranche": "9" * 40}),
    Forged("officer", "report_act", "ours.submitted accept", 422,
        NO_OBSERVATIONS | {"observations-TOTAL_FORMS": "9" * 9}),
    Forged("officer", "report_act", "ours.submitted accept", 422, {}),
]  # fmt: skip


@pytest.mark.parametrize("act", FOREIGN, ids=ids)
def test_ids_of_other_cases_are_refused(world, act):
    """With the right version: it is the id that is refused."""
    world.theirs.rows["place"] = world.theirs.group.people.first()
    world.rows["other_requirement"] = world.ours.recommended.call.requirements.first()
    row = find(world, act.about.split()[0]) if "." in act.about else world.ours.draft
    body = {name: find(world, value).pk if _leads(value) else value for name, value in act.body.items()}
    before = picture()
    # A row without a version takes any.
    sent = {**body, "version": getattr(type(row)._base_manager.get(pk=row.pk), "version", 0)}
    assert world.do(act.who, "POST", path_of(world, act.name, act.about), sent).status_code == act.code
    assert picture() == before


def _leads(value: str) -> bool:
    return value.startswith(("ours.", "theirs.", "rows.", "people."))


def test_a_huge_id_in_an_address_is_not_found(world):
    """A number beyond what the database counts to is no error of ours."""
    huge = 10**30
    for name, args in (
        ("group_detail", [huge]),
        ("firm_edit", [world.ours.group.pk, huge]),
        ("application_detail", [huge]),
        ("activity_edit", [world.ours.draft.pk, huge]),
        ("document", [huge]),
        ("job", [huge]),
        ("person_detail", [huge]),
        ("review_detail", [huge]),
        ("decision_detail", [huge]),
        ("project_detail", [huge]),
        ("tranche_order", [huge]),
        ("disbursement_confirm", [huge]),
        ("report_detail", [huge]),
        ("appointment_detail", [huge]),
    ):
        for who in ("representative", "officer", "finance", "admin"):
            assert world.ask(who, "GET", reverse(name, args=args)).status_code in (403, 404), (name, who)


# --- States skipped ---------------------------------------------------------------------------------------

APPROVE = {"decision": "approve", "resolution": "RES-9", "reason": "It fits.", "step": "sign"}
REASON = {"reason": "Because."}
TREASURY = {
    "treasury_number": "OP-9",
    "treasury_date": "2026-12-10",
    "gross": "1",
    "withheld": "0",
    "net": "1",
}

SKIPPED = [
    # Decided before it was recommended, again after it was decided; a project before the approval
    Act("approver", "decide", "ours.draft", APPROVE),
    Act("approver", "decide", "ours.in_review", APPROVE),
    Act("approver", "decide", "ours.approved", REJECT),
    Act("officer", "recommend", "ours.draft", REASON),
    Act("officer", "recommend", "ours.in_review", REASON),
    Act("officer", "recommend", "ours.approved", REASON),
    Act("officer", "project_open", "ours.recommended", {}),
    Act("officer", "reviews_assign", "ours.draft", {"act": "start"}),
    Act("officer", "reviews_assign", "ours.in_review", {"act": "start"}),
    Act("officer", "application_return", "ours.approved", {"note_plan": "More.", "answer_by": "2026-12-30"}),
    # The group's acts out of their turn
    Act("representative", "application_submit", "ours.in_review", {"declared": "on"}),
    Act("representative", "application_act", "ours.approved withdraw", REASON),
    Act("representative", "application_act", "ours.in_review renounce", REASON),
    Act("representative", "application_act", "ours.approved renounce", REASON),  # its project runs
    Act("representative", "application_act", "ours.in_review ask_reconsideration", REASON),
    Act("approver", "application_act", "ours.in_review grant_reconsideration", {**REASON, "resolution": "R-9"}),
    Act("approver", "application_act", "ours.approved annul", {**REASON, "resolution": "R-9"}),  # its project runs
    Act("member", "application_section", "ours.in_review project", {"title": "Two kilns"}, shown=True),
    Act("member", "activity_add", "ours.in_review", {"name": "Sell", "first_month": "2", "last_month": "3",
        "responsible": "All", "deliverable": "Sales"}),
    Act("member", "budget_line_add", "ours.recommended", COST),
    # A review before its interest was declared
    Act("reviewer", "review_detail", "ours.rows.review", {"act": "send", "comment": "Good.", "advice": "approve"}),
    # Coordinator, project, money
    Act("officer", "appointment_act", "ours.rows.appointment confirm", {"confirmed_from": "2026-12-10"}),
    Act("representative", "appointment_act", "ours.rows.appointment withdraw", REASON),
    Act("officer", "agreement", "ours.project", {"name": "Officer", "declared": "on"}),
    Act("officer", "project_act", "ours.project activate", {"first_day": "2026-12-10"}),
    Act("officer", "project_act", "ours.project resume", REASON),
    Act("officer", "project_act", "ours.project close", {}),
    Act("officer", "project_act", "ours.project start_closing", {}),  # the final report is not due
    Act("approver", "project_act", "ours.project lapse", REASON),
    Act("finance", "tranche_order", "ours.rows.paid_now", {}),  # it is ordered already
    Act("finance", "disbursement_confirm", "ours.rows.payment", TREASURY),  # by who ordered it
    # Reports
    Act("officer", "report_act", "ours.writing accept", NO_OBSERVATIONS),
    Act("officer", "report_act", "ours.writing return_report", REASON),
    Act("officer", "report_act", "ours.accepted accept", NO_OBSERVATIONS),
    Act("officer", "report_act", "ours.accepted return_report", REASON),
    Act("officer", "report_act", "ours.submitted skip", REASON),
    Act("coordinator", "report_check", "ours.submitted", {}),
    Act("coordinator", "report_edit", "ours.submitted", {"summary": "Better."}),
    Act("coordinator", "report_edit", "ours.accepted", {"summary": "Better."}),
    Act("coordinator", "report_activity", "ours.accepted ours.rows.baseline", DONE),
    Act("coordinator", "report_unchanged", "ours.accepted", {}),
    Act("coordinator", "report_notebook", "ours.accepted ours.rows.baseline", {}),
    Act("representative", "report_edit", "ours.writing", {"summary": "Mine."}),  # the coordinator writes it
]  # fmt: skip


@pytest.mark.parametrize("act", SKIPPED, ids=ids)
def test_states_cannot_be_skipped(world, act):
    """By the person whose act it is, with the right version: it is the state that refuses it."""
    world.ours.rows["paid_now"] = world.ours.rows["payment"].tranche
    path, row = path_of(world, act.name, act.about), versioned(world, act)
    lines = getattr(row, "lines", None)
    amounts = {f"amount_{line.pk}": str(line.programme_share) for line in lines.all()} if lines else {}
    before = picture()
    sent = {**amounts, **body_of(world, act, path), "version": str(row.version)}
    assert world.do(act.who, "POST", path, sent).status_code in (409, 422)
    assert picture() == before


def test_a_role_that_ended_ends_at_once(world):
    """The session goes on, the role does not."""
    path = reverse("application_detail", args=[world.ours.draft.pk])
    helper = world.people["helper"] = staff_member("helper", Role.OFFICER)
    world.sign_in("helper")
    assert world.do("helper", "GET", path).status_code == 200
    actions.end_role(by=world.people["admin"], grant=helper.role_grants.get(), now=TODAY, reason="Left.")
    assert world.do("helper", "GET", path).status_code == 404
    helper.is_active = False
    helper.save()
    assert world.do("helper", "GET", path).status_code == 302
