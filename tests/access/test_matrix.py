"""Every address × every role: who comes in, who reads that they may not (403), for whom there is nothing there (404).

The tables are the policy of PROGRAMME 3, row by row, as an address shows it. An address without a row fails, and so
does a row without an address. The rows speak of the first group's case: whoever belongs to the other group is as much
a stranger to it as a stranger is.
"""

from collections.abc import Iterator
from typing import NamedTuple

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
from tests.access.world import CAST, CODE, World

# --- Who ---------------------------------------------------------------------------------------------

EVERYBODY = frozenset(CAST)
SIGNED_IN = EVERYBODY - {"visitor"}
THE_GROUP = frozenset({"representative", "member", "viewer", "coordinator"})
THE_OFFICE = frozenset({"officer", "approver", "finance", "admin"})
# The group, who helps it, the office, and the auditor to whom the case was given.
READERS = THE_GROUP | THE_OFFICE | {"adviser", "auditor"}
READERS_AND_REVIEWER = READERS | {"reviewer"}
PAYMENT_READERS = THE_OFFICE | {"representative", "coordinator", "auditor"}
REVIEW_READERS = frozenset({"reviewer", "officer", "approver", "auditor"})


class Policy(NamedTuple):
    """Who comes in; who sees that it is there, and may not. For everybody else there is nothing there. A visitor is
    asked who they are, unless not `asks_who`."""

    may: frozenset[str]
    sees: frozenset[str] = frozenset()
    asks_who: bool = True


def only(*names: str, of: frozenset[str] = READERS) -> Policy:
    """These may, of those who see it."""
    return Policy(frozenset(names), of)


ANYBODY = Policy(EVERYBODY)
NOBODY = Policy(frozenset())
ACCOUNT = Policy(SIGNED_IN)
OPERATOR = Policy(frozenset({"admin"}))
PEOPLE_KEEPER = only("admin", of=SIGNED_IN)
THE_ASKER = Policy(frozenset({"representative", "admin"}))
THE_ADDRESSEE = Policy(frozenset({"representative"}))
SEARCHER = Policy(THE_OFFICE | {"adviser", "auditor"}, SIGNED_IN)
REVIEWERS_DESK = only("reviewer", of=SIGNED_IN)
POOL_READ = only("officer", "admin", of=SIGNED_IN)
POOL_EDIT = only("officer", of=SIGNED_IN)
# For another reviewer there is no such tie.
THE_TIED = Policy(frozenset({"reviewer"}), SIGNED_IN - {"reviewer"})
FINANCE_DESK = Policy(THE_OFFICE | {"auditor"}, SIGNED_IN)
CALL_WRITER = only("admin", of=SIGNED_IN)
COVER_SETTER = only("officer", "admin", of=SIGNED_IN)
DELEGATIONS_READER = only("approver", "admin", of=SIGNED_IN)
DELEGATOR = only("approver", of=SIGNED_IN)
DELEGATION_SECOND = only("admin", of=SIGNED_IN)
FIGURES_READER = Policy(THE_OFFICE, SIGNED_IN)
RANKING_READ = only("officer", "approver", of=SIGNED_IN)
DRAFT_CALL_WRITER = only("admin", of=frozenset({"officer", "admin"}))
# The address is one for everybody: who is not signed in finds nothing, like who may not.
DRAFT_CALL_READ = Policy(frozenset({"officer", "admin"}), asks_who=False)

READ = Policy(READERS)
GROUP_WRITE = only("representative", "member")
GROUP_LEAD = only("representative")
OFFICER = only("officer")
ADVISER = only("adviser")
NOMINEE = only()

DRAFT_WRITE = only("representative", "member", "adviser")
SENT_READ = Policy(READERS_AND_REVIEWER)
SENT_LEAD = only("representative", of=READERS_AND_REVIEWER)
SENT_OFFICER = only("officer", of=READERS_AND_REVIEWER)
SENT_APPROVER = only("approver", of=READERS_AND_REVIEWER)
SENT_INTERNAL = Policy(THE_OFFICE | {"auditor"}, READERS_AND_REVIEWER)
SENT_OFFICE = only(*THE_OFFICE, of=READERS_AND_REVIEWER)
MESSAGE_WRITE = only("representative", "member", "coordinator", "officer", of=READERS_AND_REVIEWER)
OFFICE_DESK = only(*THE_OFFICE, of=SIGNED_IN)
# For a colleague who may keep texts too, there is nothing there.
THE_SNIPPETS_OWNER = only("officer", of=SIGNED_IN - (THE_OFFICE - {"officer"}))
SENT_REVIEWS = only("officer", "approver", "auditor", of=READERS_AND_REVIEWER)
DECISION_READ = Policy(READERS, READERS_AND_REVIEWER)
REVIEW_READ = Policy(REVIEW_READERS)
REVIEW_WRITE = only("reviewer", of=REVIEW_READERS)

PAYMENT_READ = Policy(PAYMENT_READERS)
PAYEE_READ = Policy(PAYMENT_READERS, READERS)
FINANCE = only("finance", of=PAYMENT_READERS)
EXPENSE_DESK = Policy(frozenset({"finance", "officer"}), SIGNED_IN)
EXPENSE_JUDGE = only("finance", "officer", of=PAYMENT_READERS)
EXPENSE_WRITE = only("representative", "coordinator", of=PAYMENT_READERS)
STOPPERS = only("representative", "coordinator", "officer", "finance")
EARNER = only("coordinator", of=PAYMENT_READERS)
SALARY_OFFICER = only("officer", of=PAYMENT_READERS)
SIGNERS = only("representative", "officer")
REPORT_WRITE = only("representative", "coordinator")
AMENDMENT_WRITE = only("representative", "coordinator")
# What was not sent yet is its group's alone.
AMENDMENT_DRAFT = only("representative", "coordinator", of=THE_GROUP)
VISITS_DESK = only("officer", of=SIGNED_IN)
NOTEBOOK_READ = only(*THE_GROUP)
NOTEBOOK_WRITE = only("representative", "member", "coordinator")
# An entry is changed by who wrote it.
NOTEBOOK_OWN = only("coordinator")
# Staff who read reports; of the group nobody has a register.
REPORTS_DESK = Policy(THE_OFFICE | {"adviser", "auditor"}, SIGNED_IN)


class Row(NamedTuple):
    """What those who come in get. `args`: words of `addresses`; any other word stands for itself. `but`: the few who
    come in and get something else, because of the state and not of their role."""

    name: str
    args: str
    policy: Policy
    code: int
    but: dict[str, int] = {}


# --- Pages (GET) ----------------------------------------------------------------------------------------

# While there is a coordinator, the representative is told that the coordinator writes the report.
NOT_THEIR_TURN = {"representative": 409}
# Who is signed in is sent on from the pages of log-in.
SIGNED_IN_ALREADY = dict.fromkeys(SIGNED_IN, 302)

# --- The money of a project ---------------------------------------------------------------------------

# Whoever may follow the money: the office and the auditor; the group sees its payments and statements, and may not.
FOLLOWS = Policy(THE_OFFICE | {"auditor"}, PAYMENT_READERS)
FINDING_READ = Policy(THE_OFFICE | {"auditor"})
FINDING_AUDIT = only("auditor", "admin", of=THE_OFFICE | {"auditor"})
FINDING_OFFICE = only("officer", "finance", of=THE_OFFICE | {"auditor"})
ACCOUNT_MATCH = only("representative", "coordinator", "finance", "officer", of=PAYMENT_READERS)
ACCOUNT_BRING = only("representative", "coordinator", "finance", "officer")
ASKS_BACK = only("finance", "officer")
GIVES_RECEIPT = only("representative", "coordinator", "finance", of=PAYMENT_READERS)
BANK_LISTER = only("finance", of=SIGNED_IN)

MONEY_PAGES = [
    Row("project_ledger", "project", PAYEE_READ, 200),
    Row("ledger_export", "project csv", PAYEE_READ, 200),
    Row("project_settlement", "project", PAYEE_READ, 200),
    Row("project_account", "project", PAYEE_READ, 200),
    Row("account_bring", "project", ACCOUNT_BRING, 200),
    Row("account_match", "account_line", ACCOUNT_MATCH, 200),
    Row("refund_list", "", FINANCE_DESK, 200),
    Row("refund_ask", "project", ASKS_BACK, 200),
    Row("refund_detail", "refund", PAYMENT_READ, 200),
    Row("refund_act", "refund cancel", only("finance", "officer", of=PAYMENT_READERS), 200),
    Row("receipt_add", "refund", GIVES_RECEIPT, 200),
    Row("receipt_act", "refund_receipt confirm", FINANCE, 200),
    Row("receipt_act", "refund_receipt refuse", FINANCE, 200),
    Row("surety_list", "", FINANCE_DESK, 200),
    Row("surety_add", "project", ASKS_BACK, 200),
    Row("surety_release", "surety", only("finance", "officer", of=PAYMENT_READERS), 200),
    Row("bank_list_list", "", FINANCE_DESK, 200),
    Row("bank_list_make", "", BANK_LISTER, 200),
    Row("bank_list_detail", "bank_list", FINANCE_DESK, 200),
    Row("bank_list_file", "bank_list", BANK_LISTER, 200),
    Row("bank_list_void", "bank_list", BANK_LISTER, 200),
    Row("payment_trail", "payment", FOLLOWS, 200),
    Row("expense_trail", "expense", FOLLOWS, 200),
    Row("audit_sample", "", only("auditor", "admin", of=SIGNED_IN), 200),
    Row("finding_list", "", Policy(THE_OFFICE | {"auditor"}, SIGNED_IN), 200),
    Row("finding_add", "project", only("auditor", "admin"), 200),
    Row("finding_detail", "finding", FINDING_READ, 200),
    Row("finding_act", "finding answer", FINDING_OFFICE, 200),
    Row("finding_act", "finding ask_again", FINDING_AUDIT, 200),
    Row("finding_act", "finding close", FINDING_AUDIT, 200),
]
MONEY_ACTS = [
    Row("account_bring", "project", ACCOUNT_BRING, 422),
    Row("account_match", "account_line", ACCOUNT_MATCH, 422),
    Row("account_let_go", "account_line", ACCOUNT_MATCH, 409),
    Row("refund_ask", "project", ASKS_BACK, 422),
    Row("refund_act", "refund cancel", only("finance", "officer", of=PAYMENT_READERS), 422),
    Row("receipt_add", "refund", GIVES_RECEIPT, 422),
    Row("receipt_act", "refund_receipt confirm", FINANCE, 409),
    Row("receipt_act", "refund_receipt refuse", FINANCE, 422),
    Row("surety_add", "project", ASKS_BACK, 422),
    Row("surety_release", "surety", only("finance", "officer", of=PAYMENT_READERS), 409),
    Row("bank_list_make", "", BANK_LISTER, 422),
    Row("bank_list_void", "bank_list", BANK_LISTER, 422),
    Row("audit_sample", "", only("auditor", "admin", of=SIGNED_IN), 422),
    Row("finding_add", "project", only("auditor", "admin"), 422),
    Row("finding_act", "finding answer", FINDING_OFFICE, 422),
    Row("finding_act", "finding ask_again", FINDING_AUDIT, 422),
    Row("finding_act", "finding close", FINDING_AUDIT, 409),
]


PAGES = [
    # For everybody
    Row("home", "", ANYBODY, 200),
    Row("results", "", ANYBODY, 200),
    Row("results_provinces_csv", "", ANYBODY, 200),
    Row("results_sectors_csv", "", ANYBODY, 200),
    Row("call_list", "", ANYBODY, 200),
    Row("call_detail", "call", ANYBODY, 200),
    Row("verify", "", ANYBODY, 200),
    Row("verify_document", "code", ANYBODY, 200),
    Row("invitation", "token", ANYBODY, 200),
    # One's own account
    Row("my_account", "", ACCOUNT, 200),
    Row("permission_table", "", ACCOUNT, 200),
    Row("notices", "", ACCOUNT, 200),
    Row("notice_open", "message", THE_ADDRESSEE, 302),
    Row("job", "job", THE_ASKER, 200),
    Row("upload", "upload", THE_ADDRESSEE, 200),
    # People and machinery
    Row("inbox", "", ACCOUNT, 200),
    Row("monday", "", only("officer", of=SIGNED_IN), 200),
    Row("cover_list", "", COVER_SETTER, 200),
    Row("delegation_list", "", DELEGATIONS_READER, 200),
    Row("staff_figures", "", FIGURES_READER, 200),
    Row("staff_figures_csv", "times", FIGURES_READER, 200),
    Row("people", "", PEOPLE_KEEPER, 200),
    Row("person_detail", "person", PEOPLE_KEEPER, 200),
    Row("message_monitor", "", OPERATOR, 200),
    Row("job_monitor", "", OPERATOR, 200),
    # The group
    Row("group_list", "", ACCOUNT, 200),
    Row("group_search", "", SEARCHER, 200),
    Row("group_create", "", ACCOUNT, 200),
    Row("group_detail", "group", READ, 200),
    Row("group_edit", "group", GROUP_WRITE, 200),
    Row("firm_add", "group", GROUP_WRITE, 200),
    Row("firm_check", "group", GROUP_WRITE, 200),
    Row("firms_import", "group", GROUP_WRITE, 200),
    Row("firms_import_sheet", "group", GROUP_WRITE, 200),
    Row("firm_admit", "group", OFFICER, 200),
    Row("firm_edit", "group firm", GROUP_WRITE, 200),
    Row("firm_leave", "group firm", GROUP_WRITE, 200),
    Row("certificate_add", "group firm", GROUP_WRITE, 200),
    Row("linked_firm_add", "group firm", GROUP_WRITE, 200),
    # How a firm speaks for itself: the address of its own page is a key
    Row("firm_answer", "firm_token", ANYBODY, 200),
    Row("firm_link_share", "group firm", GROUP_WRITE, 200),
    Row("firm_paper_add", "group firm", GROUP_WRITE, 200),
    Row("firm_paper_print", "group firm", GROUP_WRITE, 200),
    Row("paper_list", "", only("officer", of=SIGNED_IN), 200),
    Row("paper_check", "group paper", OFFICER, 200),
    Row("join_request_list", "", only("officer", of=SIGNED_IN), 200),
    Row("join_request_share", "group question", GROUP_WRITE, 200),
    Row("join_request_decline", "group question", OFFICER, 200),
    Row("partner_find", "group", GROUP_WRITE, 200),
    Row("partner_new", "group", GROUP_WRITE, 200),
    Row("partner_add", "group institution", GROUP_WRITE, 200),
    Row("partner_edit", "group partner", GROUP_WRITE, 200),
    Row("partner_end", "group partner", GROUP_WRITE, 200),
    Row("firm_list", "", SEARCHER, 200),
    Row("firm_detail", "firm", READ, 200),
    # The catalogues
    Row("catalogue_list", "", PEOPLE_KEEPER, 200),
    Row("norm_list", "sales", PEOPLE_KEEPER, 200),
    Row("norm_add", "people", PEOPLE_KEEPER, 200),
    Row("norm_confirm", "sales 2006-01-01", PEOPLE_KEEPER, 200),
    Row("economic_activity_list", "", PEOPLE_KEEPER, 200),
    Row("economic_activity_edit", "economic_activity", PEOPLE_KEEPER, 200),
    # The people of the group
    Row("group_people", "group", READ, 200),
    Row("place_end", "group members_place", only("representative", "member"), 200),
    Row("representation_hand_over", "group members_place", GROUP_LEAD, 200),
    Row("coordinator_nominate", "group", GROUP_LEAD, 200),
    Row("stand_in_nominate", "group", GROUP_LEAD, 200),
    Row("appointment_detail", "appointment", READ, 200),
    Row("appointment_act", "appointment accept", NOMINEE, 409),
    Row("appointment_act", "appointment decline", NOMINEE, 409),
    Row("appointment_act", "appointment confirm", OFFICER, 409),
    Row("appointment_act", "appointment refuse", OFFICER, 409),
    Row("appointment_act", "appointment withdraw", GROUP_LEAD, 409),
    Row("appointment_act", "appointment end", OFFICER, 200),
    Row("appointment_act", "appointment dismiss", GROUP_LEAD, 200),
    # Calls that are not published yet
    Row("call_detail", "hidden_call", DRAFT_CALL_READ, 200),
    # The call desk: everybody knows of a published call, and only admins write it; of a draft only staff know
    Row("call_desk", "", CALL_WRITER, 200),
    Row("call_create", "", CALL_WRITER, 200),
    Row("call_edit", "call", CALL_WRITER, 200),
    Row("call_edit", "hidden_call", DRAFT_CALL_WRITER, 200),
    Row("call_edit_page", "hidden_call money", DRAFT_CALL_WRITER, 200),
    Row("call_row_add", "hidden_call questions", DRAFT_CALL_WRITER, 200),
    Row("call_row_edit", "hidden_call criteria criterion", DRAFT_CALL_WRITER, 200),
    Row("call_preview", "hidden_call", DRAFT_CALL_WRITER, 200),
    Row("call_act", "hidden_call publish", DRAFT_CALL_WRITER, 200),
    Row("call_discard", "hidden_call", DRAFT_CALL_WRITER, 200),
    Row("call_extend", "call", CALL_WRITER, 200),
    Row("call_envelope", "call", CALL_WRITER, 200),
    Row("call_cut_add", "call", CALL_WRITER, 200),
    # This call has no cuts.
    Row("call_reserve_end", "call 1", CALL_WRITER, 404),
    # The ranking of a call: who reads its reviews; the auditor was given a group, and not the call
    Row("call_ranking", "call", RANKING_READ, 200),
    Row("ranking_export", "call csv", RANKING_READ, 200),
    Row("application_start", "call", ACCOUNT, 200),
    # The application while it is written
    Row("application_list", "", ACCOUNT, 200),
    Row("application_export", "csv", ACCOUNT, 200),
    Row("application_detail", "draft", READ, 200),
    Row("application_rules", "draft", READ, 200),
    Row("document_replace", "draft attached", DRAFT_WRITE, 200),
    Row("application_check", "draft", READ, 200),
    Row("application_copy", "draft", DRAFT_WRITE, 200),
    Row("application_working_copy", "draft", DRAFT_WRITE, 200),
    Row("working_copy_file", "draft", DRAFT_WRITE, 200),
    # Copied from nothing: it leads to where one chooses.
    Row("application_copied", "draft", DRAFT_WRITE, 302),
    Row("application_section", "draft texts", READ, 200),
    Row("application_section", "draft members", READ, 200),
    Row("application_section", "draft institutions", READ, 200),
    Row("application_section", "draft questions", READ, 200),
    Row("application_section", "draft declarations", READ, 200),
    Row("application_section", "draft plan", READ, 200),
    Row("application_section", "draft budget", READ, 200),
    Row("application_section", "draft documents", READ, 200),
    Row("activity_add", "draft", DRAFT_WRITE, 200),
    Row("activity_edit", "draft activity", DRAFT_WRITE, 200),
    Row("activity_delete", "draft activity", DRAFT_WRITE, 200),
    Row("budget_line_add", "draft", DRAFT_WRITE, 200),
    Row("budget_line_edit", "draft line", DRAFT_WRITE, 200),
    Row("budget_line_delete", "draft line", DRAFT_WRITE, 200),
    Row("application_money", "draft", READ, 200),
    Row("document", "attached_document", READ, 200),
    # The application that was sent: the reviewer to whom it was assigned reads it too
    Row("application_detail", "in_review", SENT_READ, 200),
    Row("application_receipt", "in_review", SENT_READ, 200),
    Row("application_sent", "in_review", SENT_READ, 200),
    Row("document", "receipt_document", SENT_READ, 200),
    Row("application_act", "in_review withdraw", SENT_LEAD, 200),
    Row("application_act", "approved renounce", SENT_LEAD, 200),
    Row("application_act", "in_review ask_reconsideration", SENT_LEAD, 200),
    Row("application_act", "in_review grant_reconsideration", SENT_APPROVER, 200),
    Row("application_act", "in_review deny_reconsideration", SENT_APPROVER, 200),
    Row("application_act", "approved annul", SENT_APPROVER, 200),
    Row("eligibility", "in_review", SENT_INTERNAL, 200),
    Row("application_return", "in_review", SENT_OFFICER, 200),
    # What the office does around a case
    Row("application_messages", "in_review", Policy(READERS, READERS_AND_REVIEWER), 200),
    Row("note_add", "in_review", SENT_OFFICE, 200),
    Row("contact_add", "in_review", SENT_OFFICE, 200),
    Row("application_officer", "in_review", SENT_OFFICER, 200),
    Row("snippet_list", "", OFFICE_DESK, 200),
    Row("snippet_add", "", OFFICE_DESK, 200),
    Row("snippet_edit", "snippet", THE_SNIPPETS_OWNER, 200),
    # Technical support
    Row("support_list", "", SEARCHER, 200),
    Row("group_support", "group", READ, 200),
    Row("support_ask", "group", GROUP_WRITE, 200),
    Row("support_offer", "group", OFFICER, 200),
    Row("support_detail", "support", READ, 200),
    Row("support_act", "support assign", OFFICER, 200),
    Row("support_act", "support accept", ADVISER, 200),
    Row("support_act", "support decline", ADVISER, 200),
    Row("support_act", "support end", only("officer", "adviser"), 200),
    Row("support_act", "support withdraw", GROUP_WRITE, 200),
    Row("session_add", "support", ADVISER, 200),
    Row("session_edit", "support session", ADVISER, 200),
    Row("suggestion_add", "draft texts", ADVISER, 200),
    Row("suggestion_detail", "draft suggestion", READ, 200),
    Row("application_changes", "in_review", SENT_READ, 200),
    Row("reviews_assign", "in_review", SENT_OFFICER, 200),
    Row("application_consensus", "in_review", SENT_REVIEWS, 200),
    Row("recommend", "in_review", SENT_OFFICER, 200),
    Row("decide", "recommended", SENT_APPROVER, 200),
    Row("reserve_leave", "recommended", SENT_APPROVER, 200),
    Row("decision_detail", "decision", DECISION_READ, 200),
    Row("decision_why", "decision", DECISION_READ, 200),
    Row("condition_met", "condition", SENT_OFFICER, 200),
    # A review: whoever writes another one does not see it
    Row("review_list", "", REVIEWERS_DESK, 200),
    Row("reviewer_profile", "", REVIEWERS_DESK, 200),
    Row("reviewer_tie_add", "a_firm", REVIEWERS_DESK, 200),
    Row("reviewer_tie_add", "a_group", REVIEWERS_DESK, 200),
    Row("reviewer_list", "", POOL_READ, 200),
    Row("reviewer_detail", "reviewer", POOL_READ, 200),
    Row("reviewer_edit", "reviewer", POOL_EDIT, 200),
    Row("review_detail", "review", REVIEW_READ, 200),
    Row("review_detail", "others_review", Policy(REVIEW_READERS - {"reviewer"}), 200),
    Row("review_decline", "review", REVIEW_WRITE, 200),
    # The project and its money
    Row("project_list", "", ACCOUNT, 200),
    Row("agreement_papers", "project", READ, 200),
    Row("paper_add", "project a_group", GROUP_LEAD, 200),
    Row("paper_add", "project state", OFFICER, 200),
    Row("firm_signature_add", "project firm", GROUP_LEAD, 200),
    Row("project_timetable", "project", READ, 200),
    Row("calendar", "", ACCOUNT, 200),
    Row("calendar_feed", "1 nobodys-code", Policy(frozenset(), asks_who=False), 200),
    Row("payee_stop", "project project_payee", STOPPERS, 200),
    Row("payee_release", "project project_payee", OFFICER, 200),
    Row("salary_list", "", ACCOUNT, 200),
    Row("project_salary", "paid_project", PAYMENT_READ, 200),
    Row("salary_account", "paid_project", PAYMENT_READ, 200),
    Row("salary_month", "salary_month", PAYMENT_READ, 200),
    Row("salary_act", "salary_month accept", SALARY_OFFICER, 200),
    Row("salary_act", "salary_month return", SALARY_OFFICER, 200),
    Row("salary_scale", "call", CALL_WRITER, 200),
    Row("project_open", "approved", SENT_OFFICER, 302),
    Row("project_detail", "project", READ, 200),
    Row("agreement", "project", READ, 200),
    Row("project_act", "project activate", OFFICER, 200),
    Row("project_act", "project start_closing", OFFICER, 200),
    Row("project_act", "project close", OFFICER, 200),
    Row("project_act", "project suspend", only("officer", "approver"), 200),
    Row("project_act", "project resume", OFFICER, 200),
    Row("project_act", "project renounce", GROUP_LEAD, 200),
    Row("project_act", "project lapse", only("approver"), 200),
    Row("project_act", "project terminate", only("approver"), 200),
    Row("payee", "project", PAYEE_READ, 200),
    *MONEY_PAGES,
    Row("payment_list", "", FINANCE_DESK, 200),
    Row("tranche_order", "tranche", FINANCE, 200),
    Row("disbursement_confirm", "payment", PAYMENT_READ, 200),
    Row("disbursement_act", "payment fail", FINANCE, 200),
    Row("disbursement_act", "payment cancel", FINANCE, 200),
    # What it spends
    Row("project_statements", "project", PAYEE_READ, 200),
    Row("expense_table", "project csv", PAYEE_READ, 200),
    Row("statement_list", "", EXPENSE_DESK, 200),
    Row("statement_detail", "statement", PAYMENT_READ, 200),
    Row("statement_judge", "statement", EXPENSE_JUDGE, 200),
    Row("statement_pdf", "statement", PAYMENT_READ, 302),
    Row("expense_import", "open_statement", EXPENSE_WRITE, 200),
    Row("expense_import_sheet", "open_statement", EXPENSE_WRITE, 200),
    Row("expense_add", "open_statement voucher", EXPENSE_WRITE, 200),
    Row("expense_add", "open_statement in-kind", EXPENSE_WRITE, 200),
    Row("expense_detail", "expense", PAYMENT_READ, 200),
    Row("expense_edit", "draft_expense", EXPENSE_WRITE, 200),
    Row("expense_part_add", "draft_expense payments", EXPENSE_WRITE, 200),
    Row("expense_part_add", "draft_expense quotes", EXPENSE_WRITE, 200),
    Row("expense_act", "expense verify", EXPENSE_JUDGE, 200),
    Row("expense_act", "expense query", EXPENSE_JUDGE, 200),
    Row("expense_act", "expense reject", EXPENSE_JUDGE, 200),
    Row("expense_act", "queried answer", EXPENSE_WRITE, 200),
    Row("expense_ground", "expense", only("officer", of=PAYMENT_READERS), 200),
    # Amendments and visits
    Row("amendment_list", "", SEARCHER, 200),
    Row("project_amendments", "project", READ, 200),
    Row("plan_version", "project 0", READ, 200),
    Row("amendment_detail", "amendment", READ, 200),
    Row("amendment_edit", "begun_amendment", AMENDMENT_DRAFT, 200),
    *(Row("amendment_act", f"amendment {name}", AMENDMENT_WRITE, 200) for name in ("submit", "withdraw")),
    *(
        Row("amendment_act", f"amendment {name}", OFFICER, 200)
        for name in ("return_amendment", "advise", "approve", "reject")
    ),
    *(Row("amendment_act", f"amendment {name}", only("approver"), 200) for name in ("resolve", "refuse")),
    Row("visit_list", "", VISITS_DESK, 200),
    Row("case_visits", "approved", DECISION_READ, 200),
    Row("visit_plan", "approved", SENT_OFFICER, 200),
    Row("visit_log_unplanned", "approved", SENT_OFFICER, 200),
    Row("visit_detail", "visit", READ, 200),
    *(Row("visit_act", f"visit {name}", OFFICER, 200) for name in ("log", "move", "cancel")),
    # Reports
    Row("report_list", "", ACCOUNT, 200),
    Row("report_detail", "submitted", READ, 200),
    Row("report_receipt", "submitted", READ, 200),
    Row("report_pdf", "accepted", READ, 302),
    Row("document", "evidence_document", READ, 200),
    Row("report_edit", "writing", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_activity", "writing baseline", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_outcome_add", "writing", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_outcome_edit", "writing outcome", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_check", "writing", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_ask", "project", OFFICER, 200),
    Row("notebook", "project", NOTEBOOK_READ, 200),
    Row("notebook_add", "project note", NOTEBOOK_WRITE, 200),
    Row("notebook_edit", "project entry", NOTEBOOK_OWN, 200),
    Row("report_act", "submitted return_report", OFFICER, 200),
    Row("report_act", "submitted accept", OFFICER, 200),
    Row("report_act", "writing move", OFFICER, 200),
    Row("report_act", "writing skip", OFFICER, 200),
    Row("report_act", "writing cancel", OFFICER, 200),
    # What came of projects, and what each firm says of it
    Row("report_entry_add", "writing people", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_entry_add", "writing a_certificate", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_entry_add", "writing machine", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_entry_edit", "writing people written_training", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_entry_edit", "writing machine written_joint_machine", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_parts", "writing", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("report_part", "writing part", REPORT_WRITE, 200, NOT_THEIR_TURN),
    Row("firm_part", "part_token", ANYBODY, 200),
    Row("project_outcomes", "project", READ, 200),
    Row("check_plan", "project", OFFICER, 200),
    Row("certificate_list", "", REPORTS_DESK, 200),
    Row("certificate_export", "csv", REPORTS_DESK, 200),
    Row("certificate_detail", "certification", READ, 200),
    Row("certificate_renew", "certification", REPORT_WRITE, 200),
    Row("certificate_let_go", "certification", REPORT_WRITE, 200),
    Row("machine_list", "", REPORTS_DESK, 200),
    Row("machine_export", "xlsx", REPORTS_DESK, 200),
    Row("machine_detail", "joint_machine", READ, 200),
    Row("machine_check", "joint_machine", OFFICER, 200),
    # Log-in and its second step
    Row("account_login", "", ANYBODY, 200, SIGNED_IN_ALREADY),
    Row("account_signup", "", ANYBODY, 200, SIGNED_IN_ALREADY),
    Row("account_logout", "", ANYBODY, 200, {"visitor": 302}),
    Row("account_inactive", "", ANYBODY, 200),
    Row("account_email_verification_sent", "", ANYBODY, 200),
    Row("account_confirm_email", "no-such-key", ANYBODY, 200),
    Row("account_confirm_login_code", "", ANYBODY, 302),
    Row("account_reset_password", "", ANYBODY, 200),
    Row("account_reset_password_done", "", ANYBODY, 200),
    Row("account_reset_password_from_key", "0 no-such-key", ANYBODY, 200),
    Row("account_reset_password_from_key_done", "", ANYBODY, 200),
    Row("account_reauthenticate", "", ACCOUNT, 200),
    Row("account_email", "", ACCOUNT, 200),
    Row("account_change_password", "", ACCOUNT, 200),
    Row("account_set_password", "", ACCOUNT, 302),
    Row("mfa_index", "", ACCOUNT, 200),
    Row("mfa_authenticate", "", ANYBODY, 302),
    Row("mfa_reauthenticate", "", ACCOUNT, 302),
    Row("mfa_activate_totp", "", ACCOUNT, 302),
    # Who has no second step yet has nothing to switch off and no codes.
    Row("mfa_deactivate_totp", "", ACCOUNT, 404),
    Row("mfa_view_recovery_codes", "", ACCOUNT, 404),
    Row("mfa_generate_recovery_codes", "", ACCOUNT, 302),
    Row("mfa_download_recovery_codes", "", ACCOUNT, 404),
]

# --- Acts (POST), with an empty form -------------------------------------------------------------------

ACTS = [
    # For everybody
    Row("set_language", "", ANYBODY, 302),
    Row("invitation", "token", ANYBODY, 403, {"visitor": 200}),  # sent to somebody else's address
    # One's own account
    Row("my_account", "", ACCOUNT, 422),
    Row("notices_read", "", ACCOUNT, 302),
    Row("uploads", "", ACCOUNT, 400),
    Row("upload", "upload", THE_ADDRESSEE, 400),
    # People and machinery
    Row("cover_list", "", COVER_SETTER, 422),
    Row("cover_end", "cover", COVER_SETTER, 302),
    Row("delegation_list", "", DELEGATOR, 422),
    Row("delegation_agree", "delegation", DELEGATION_SECOND, 302),
    Row("delegation_end", "delegation", DELEGATOR, 302),
    Row("person_detail", "person", PEOPLE_KEEPER, 422),
    Row("role_second", "role", PEOPLE_KEEPER, 409),
    Row("role_end", "role", PEOPLE_KEEPER, 422),
    Row("message_retry", "message", OPERATOR, 302),
    Row("job_retry", "job", OPERATOR, 302),
    # The group
    Row("group_create", "", ACCOUNT, 422),
    Row("group_edit", "group", GROUP_WRITE, 422),
    Row("firm_add", "group", GROUP_WRITE, 422),
    Row("firms_import", "group", GROUP_WRITE, 422),
    Row("firm_admit", "group", OFFICER, 422),
    Row("firm_edit", "group firm", GROUP_WRITE, 422),
    Row("firm_leave", "group firm", GROUP_WRITE, 422),
    Row("certificate_add", "group firm", GROUP_WRITE, 422),
    Row("certificate_remove", "group firm certificate", GROUP_WRITE, 302),
    Row("linked_firm_add", "group firm", GROUP_WRITE, 422),
    Row("firm_answer", "firm_token", ANYBODY, 409),  # no button was pressed
    Row("firm_links_send", "group", GROUP_WRITE, 302),
    Row("firm_link_send", "group firm", GROUP_WRITE, 302),
    Row("firm_link_share", "group firm", GROUP_WRITE, 409),  # the firm has no address of its own
    Row("firm_link_revoke", "group firm", GROUP_WRITE, 302),
    Row("firm_paper_add", "group firm", GROUP_WRITE, 422),
    Row("paper_check", "group paper", OFFICER, 409),  # no reason was given
    Row("join_request_send", "group question", GROUP_WRITE, 302),
    Row("join_request_share", "group question", GROUP_WRITE, 409),
    Row("join_request_withdraw", "group question", GROUP_WRITE, 302),
    Row("join_request_decline", "group question", OFFICER, 422),
    Row("linked_firm_remove", "group firm linked_firm", GROUP_WRITE, 302),
    Row("partner_new", "group", GROUP_WRITE, 422),
    Row("partner_add", "group institution", GROUP_WRITE, 422),
    Row("partner_edit", "group partner", GROUP_WRITE, 422),
    Row("partner_end", "group partner", GROUP_WRITE, 302),
    # The catalogues
    Row("norm_add", "people", PEOPLE_KEEPER, 422),
    Row("norm_confirm", "sales 2006-01-01", PEOPLE_KEEPER, 422),
    Row("norm_delete", "sales 2006-01-01", PEOPLE_KEEPER, 409),  # it was in force
    Row("economic_activity_edit", "economic_activity", PEOPLE_KEEPER, 422),
    # The people of the group
    Row("group_people", "group", GROUP_LEAD, 422),
    Row("place_end", "group members_place", only("representative", "member"), 302),
    Row("representation_hand_over", "group members_place", GROUP_LEAD, 302),
    Row("group_invitation_revoke", "group invitation", GROUP_LEAD, 302),
    Row("coordinator_nominate", "group", GROUP_LEAD, 422),
    Row("stand_in_nominate", "group", GROUP_LEAD, 422),
    Row("appointment_act", "appointment accept", NOMINEE, 422),
    Row("appointment_act", "appointment decline", NOMINEE, 422),
    Row("appointment_act", "appointment confirm", OFFICER, 422),
    Row("appointment_act", "appointment refuse", OFFICER, 422),
    Row("appointment_act", "appointment withdraw", GROUP_LEAD, 422),
    Row("appointment_act", "appointment end", OFFICER, 422),
    Row("appointment_act", "appointment dismiss", GROUP_LEAD, 422),
    # The call desk
    Row("call_create", "", CALL_WRITER, 422),
    Row("call_edit_page", "hidden_call money", DRAFT_CALL_WRITER, 422),
    Row("call_row_add", "hidden_call questions", DRAFT_CALL_WRITER, 422),
    Row("call_row_edit", "hidden_call criteria criterion", DRAFT_CALL_WRITER, 422),
    Row("call_row_move", "hidden_call criteria criterion", DRAFT_CALL_WRITER, 302),
    Row("call_row_delete", "hidden_call criteria criterion", DRAFT_CALL_WRITER, 302),
    Row("call_act", "hidden_call publish", DRAFT_CALL_WRITER, 409),  # no version was sent
    Row("call_discard", "hidden_call", DRAFT_CALL_WRITER, 409),  # no version was sent
    Row("call_extend", "call", CALL_WRITER, 422),
    Row("call_envelope", "call", CALL_WRITER, 422),
    Row("call_cut_add", "call", CALL_WRITER, 422),
    Row("call_reserve_end", "call 1", CALL_WRITER, 404),
    Row("call_ranking", "call", RANKING_READ, 200),
    Row("ranking_recommend", "call", only("officer", of=SIGNED_IN), 422),
    Row("call_test_start", "hidden_call", DRAFT_CALL_WRITER, 302),
    Row("call_test_discard", "call", Policy(frozenset(), SIGNED_IN - {"admin"}), 404),  # there is none
    Row("application_start", "call", ACCOUNT, 422),
    Row("application_copy", "draft", DRAFT_WRITE, 422),
    Row("application_working_copy", "draft", DRAFT_WRITE, 422),
    Row("application_copied", "draft", DRAFT_WRITE, 302),
    # The application while it is written
    Row("application_submit", "draft", GROUP_LEAD, 422),
    Row("application_section", "draft texts", DRAFT_WRITE, 302),
    Row("application_section", "draft members", READ, 405),
    Row("application_section", "draft institutions", READ, 405),
    Row("application_section", "draft questions", DRAFT_WRITE, 409),
    Row("application_section", "draft declarations", DRAFT_WRITE, 409),
    Row("section_mark", "draft texts", GROUP_WRITE, 404),  # no button was pressed
    Row("application_section", "draft plan", DRAFT_WRITE, 422),
    Row("application_section", "draft budget", DRAFT_WRITE, 422),
    Row("application_section", "draft documents", READ, 405),
    Row("activity_add", "draft", DRAFT_WRITE, 422),
    Row("activity_edit", "draft activity", DRAFT_WRITE, 422),
    Row("activity_move", "draft activity", DRAFT_WRITE, 409),
    Row("activity_delete", "draft activity", DRAFT_WRITE, 409),
    Row("budget_line_add", "draft", DRAFT_WRITE, 422),
    Row("budget_line_edit", "draft line", DRAFT_WRITE, 422),
    Row("budget_line_move", "draft line", DRAFT_WRITE, 409),
    Row("budget_line_delete", "draft line", DRAFT_WRITE, 409),
    Row("quote_add", "draft line", DRAFT_WRITE, 422),
    Row("quote_delete", "draft line quote", DRAFT_WRITE, 302),
    Row("budget_advice", "draft advice", DRAFT_WRITE, 409),
    Row("document_attach", "draft requirement", DRAFT_WRITE, 422),
    Row("document_detach", "draft attached", DRAFT_WRITE, 409),
    Row("document_replace", "draft attached", DRAFT_WRITE, 422),
    Row("application_files", "draft", READ, 302),
    Row("application_files", "in_review", SENT_READ, 302),
    # The application that was sent
    Row("application_paper", "in_review application_receipt", SENT_READ, 302),
    Row("application_act", "in_review withdraw", SENT_LEAD, 422),
    Row("application_act", "approved renounce", SENT_LEAD, 422),
    Row("application_act", "in_review ask_reconsideration", SENT_LEAD, 422),
    Row("application_act", "in_review grant_reconsideration", SENT_APPROVER, 422),
    Row("application_act", "in_review deny_reconsideration", SENT_APPROVER, 422),
    Row("application_act", "approved annul", SENT_APPROVER, 422),
    Row("eligibility", "in_review", SENT_OFFICER, 200),
    Row("application_return", "in_review", SENT_OFFICER, 422),
    # no button was pressed
    Row("application_messages", "in_review", MESSAGE_WRITE, 422),
    Row("note_add", "in_review", SENT_OFFICE, 422),
    Row("contact_add", "in_review", SENT_OFFICE, 422),
    Row("application_officer", "in_review", SENT_OFFICER, 409),  # nobody is in charge already
    # What was chosen is not said here: tests/applications/test_views_list.py, tests/core/test_filters.py.
    Row("application_bulk", "", NOBODY, 404),
    Row("filter_save", "", NOBODY, 404),
    Row("filter_take_out", "0", NOBODY, 404),
    Row("snippet_add", "", OFFICE_DESK, 422),
    Row("snippet_edit", "snippet", THE_SNIPPETS_OWNER, 422),
    Row("snippet_delete", "snippet", THE_SNIPPETS_OWNER, 302),
    Row("support_ask", "group", GROUP_WRITE, 422),
    Row("support_offer", "group", OFFICER, 422),
    Row("support_act", "support assign", OFFICER, 422),
    Row("support_act", "support accept", ADVISER, 409),
    Row("support_act", "support decline", ADVISER, 422),
    Row("support_act", "support end", only("officer", "adviser"), 422),
    Row("support_act", "support withdraw", GROUP_WRITE, 409),
    Row("session_add", "support", ADVISER, 422),
    Row("session_edit", "support session", ADVISER, 422),
    Row("suggestion_add", "draft texts", ADVISER, 422),
    Row("suggestion_detail", "draft suggestion", GROUP_WRITE, 404),  # no button was pressed
    Row("reviews_assign", "in_review", SENT_OFFICER, 404),  # no button was pressed
    # Its call does not ask the reviewers to meet.
    Row("application_consensus", "in_review", SENT_OFFICER, 409),
    Row("consensus_total", "in_review", SENT_OFFICER, 200),
    Row("recommend", "in_review", SENT_OFFICER, 422),
    Row("decide", "recommended", SENT_APPROVER, 422),
    Row("reserve_leave", "recommended", SENT_APPROVER, 422),
    Row("amounts_total", "recommended", SENT_REVIEWS, 200),
    Row("decision_letter", "decision", DECISION_READ, 302),
    Row("condition_met", "condition", SENT_OFFICER, 422),
    Row("reviewer_profile", "", REVIEWERS_DESK, 422),
    Row("reviewer_tie_add", "a_firm", REVIEWERS_DESK, 422),
    Row("reviewer_tie_add", "a_group", REVIEWERS_DESK, 422),
    Row("reviewer_tie_end", "tie", THE_TIED, 302),
    Row("reviewer_edit", "reviewer", POOL_EDIT, 422),
    Row("review_detail", "review", REVIEW_WRITE, 302),  # nothing was typed, and nothing is saved
    Row("review_decline", "review", REVIEW_WRITE, 422),
    Row("review_decline", "others_review", Policy(frozenset(), REVIEW_READERS - {"reviewer"}), 422),
    Row("review_total", "review", REVIEW_WRITE, 200),
    Row("review_total", "others_review", Policy(frozenset(), REVIEW_READERS - {"reviewer"}), 200),
    # The project and its money
    Row("project_open", "approved", SENT_OFFICER, 302),
    Row("paper_add", "project a_group", GROUP_LEAD, 422),
    Row("paper_add", "project state", OFFICER, 422),
    Row("firm_signature_add", "project firm", GROUP_LEAD, 422),
    Row("payee_stop", "project project_payee", STOPPERS, 422),
    Row("payee_release", "project project_payee", OFFICER, 422),
    Row("salary_account", "paid_project", EARNER, 422),
    Row("account_check", "paid_project own_account", SALARY_OFFICER, 409),
    Row("account_refuse", "paid_project own_account", SALARY_OFFICER, 422),
    Row("salary_month", "salary_month", EARNER, 422),
    Row("salary_act", "salary_month accept", SALARY_OFFICER, 409),
    Row("salary_act", "salary_month return", SALARY_OFFICER, 422),
    Row("salary_scale", "call", CALL_WRITER, 422),
    Row("agreement", "project", SIGNERS, 422),
    Row("agreement_document", "project", READ, 302),
    Row("project_act", "project activate", OFFICER, 422),
    Row("project_act", "project start_closing", OFFICER, 409),
    Row("project_act", "project close", OFFICER, 409),
    Row("project_act", "project suspend", only("officer", "approver"), 422),
    Row("project_act", "project resume", OFFICER, 422),
    Row("project_act", "project renounce", GROUP_LEAD, 422),
    Row("project_act", "project lapse", only("approver"), 422),
    Row("project_act", "project terminate", only("approver"), 422),
    Row("payee", "project", SIGNERS, 422),
    Row("payee_check", "project", OFFICER, 409),
    Row("payee_refuse", "project", OFFICER, 422),
    *MONEY_ACTS,
    Row("tranche_order", "tranche", FINANCE, 409),
    Row("disbursement_confirm", "payment", FINANCE, 422),
    Row("disbursement_act", "payment fail", FINANCE, 422),
    Row("disbursement_act", "payment cancel", FINANCE, 422),
    # What it spends
    Row("statement_begin", "project", only("representative", "coordinator"), 302),
    Row("statement_detail", "open_statement", EXPENSE_WRITE, 409),
    Row("statement_judge", "statement", EXPENSE_JUDGE, 302),
    Row("statement_pdf", "statement", PAYMENT_READ, 302),
    Row("expense_import", "open_statement", EXPENSE_WRITE, 422),
    Row("expense_add", "open_statement voucher", EXPENSE_WRITE, 422),
    Row("expense_add", "open_statement in-kind", EXPENSE_WRITE, 422),
    Row("expense_edit", "draft_expense", EXPENSE_WRITE, 422),
    Row("expense_remove", "draft_expense", EXPENSE_WRITE, 409),
    Row("expense_correct", "expense", EXPENSE_WRITE, 409),
    Row("expense_part_add", "draft_expense payments", EXPENSE_WRITE, 422),
    Row("expense_part_add", "draft_expense quotes", EXPENSE_WRITE, 422),
    Row("expense_part_remove", "draft_expense payments payment_part", EXPENSE_WRITE, 409),
    Row("expense_act", "expense verify", EXPENSE_JUDGE, 409),
    Row("expense_act", "expense query", EXPENSE_JUDGE, 422),
    Row("expense_act", "expense reject", EXPENSE_JUDGE, 422),
    Row("expense_act", "queried answer", EXPENSE_WRITE, 422),
    Row("expense_ground", "expense", only("officer", of=PAYMENT_READERS), 422),
    # Amendments and visits
    Row("amendment_begin", "project", AMENDMENT_WRITE, 422),
    Row("amendment_edit", "begun_amendment", AMENDMENT_DRAFT, 409),
    Row("amendment_file_remove", "begun_amendment paper_of_amendment", AMENDMENT_DRAFT, 409),
    *(Row("amendment_act", f"amendment {name}", AMENDMENT_WRITE, 409) for name in ("submit", "withdraw")),
    *(
        Row("amendment_act", f"amendment {name}", OFFICER, 409 if name == "approve" else 422)
        for name in ("return_amendment", "advise", "approve", "reject")
    ),
    *(Row("amendment_act", f"amendment {name}", only("approver"), 422) for name in ("resolve", "refuse")),
    Row("visit_plan", "approved", SENT_OFFICER, 422),
    Row("visit_log_unplanned", "approved", SENT_OFFICER, 422),
    *(Row("visit_act", f"visit {name}", OFFICER, 422) for name in ("log", "move", "cancel")),
    Row("visit_agreement_met", "seen_visit visit_agreement", OFFICER, 302),
    # Reports
    Row("report_pdf", "accepted", READ, 302),
    Row("report_edit", "writing", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_activity", "writing baseline", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_evidence_remove", "writing evidence", REPORT_WRITE, 409),
    Row("report_outcome_add", "writing", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_outcome_edit", "writing outcome", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_outcome_remove", "writing outcome", REPORT_WRITE, 409),
    Row("report_check", "writing", REPORT_WRITE, 409),
    Row("report_observation_met", "accepted observation", OFFICER, 302),
    Row("report_ask", "project", OFFICER, 422),
    Row("notebook_add", "project note", NOTEBOOK_WRITE, 422),
    Row("notebook_edit", "project entry", NOTEBOOK_OWN, 422),
    Row("notebook_remove", "project entry", NOTEBOOK_OWN, 409),
    Row("report_notebook", "writing baseline", REPORT_WRITE, 409),
    Row("report_notebook_whole", "writing", REPORT_WRITE, 409),
    Row("report_unchanged", "writing", REPORT_WRITE, 409),
    Row("report_act", "submitted return_report", OFFICER, 422),
    Row("report_act", "submitted accept", OFFICER, 422),
    Row("report_act", "writing move", OFFICER, 422),
    Row("report_act", "writing skip", OFFICER, 422),
    Row("report_act", "writing cancel", OFFICER, 422),
    # What came of projects, and what each firm says of it
    Row("report_entry_add", "writing people", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_entry_add", "writing a_certificate", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_entry_add", "writing machine", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_entry_edit", "writing people written_training", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_entry_edit", "writing machine written_joint_machine", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_entry_remove", "writing people written_training", REPORT_WRITE, 409),
    Row("machine_photo_remove", "writing written_joint_machine written_photo", REPORT_WRITE, 409),
    Row("report_parts", "writing", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_part", "writing part", REPORT_WRITE, 422, NOT_THEIR_TURN),
    Row("report_part_remind", "writing part", REPORT_WRITE, 409),
    Row("report_part_withdraw", "writing part", REPORT_WRITE, 302, NOT_THEIR_TURN),
    Row("firm_part", "part_token", ANYBODY, 422),
    Row("check_plan", "project", OFFICER, 422),
    Row("certificate_renew", "certification", REPORT_WRITE, 422),
    Row("certificate_let_go", "certification", REPORT_WRITE, 422),
    Row("machine_check", "joint_machine", OFFICER, 422),
    # Log-in and its second step
    Row("account_login", "", ANYBODY, 422, SIGNED_IN_ALREADY),
    Row("account_signup", "", ANYBODY, 422, SIGNED_IN_ALREADY),
    Row("account_logout", "", ANYBODY, 302),
    Row("account_confirm_email", "no-such-key", ANYBODY, 404),
    Row("account_confirm_login_code", "", ANYBODY, 302),
    Row("account_reset_password", "", ANYBODY, 422),
    Row("account_reset_password_from_key", "0 no-such-key", ANYBODY, 422),
    Row("account_reauthenticate", "", ACCOUNT, 422),
    Row("account_email", "", ACCOUNT, 302),
    Row("account_change_password", "", ACCOUNT, 422),
    Row("account_set_password", "", ACCOUNT, 302),
    Row("mfa_authenticate", "", ANYBODY, 302),
    Row("mfa_reauthenticate", "", ACCOUNT, 302),
    Row("mfa_activate_totp", "", ACCOUNT, 302),
    Row("mfa_deactivate_totp", "", ACCOUNT, 404),
    Row("mfa_download_recovery_codes", "", ACCOUNT, 404),
    Row("mfa_generate_recovery_codes", "", ACCOUNT, 302),
]


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


def _matrix_test(method: str, rows: list[Row]):
    @pytest.mark.parametrize("row", rows, ids=lambda row: f"{row.name} {row.args}".strip())
    def test(world, row):
        path = path_of(world, row)
        found = {who: answer(world.ask(who, method, path)) for who in CAST}
        assert found == {who: expected(row, who) for who in CAST}

    return test


test_pages_are_for_whom_the_policy_says = _matrix_test("GET", PAGES)
test_acts_are_for_whom_the_policy_says = _matrix_test("POST", ACTS)


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
