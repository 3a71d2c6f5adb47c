"""Who may: the one table of the project, action × role (PROGRAMME 3).

It reads as policy. It never mentions a state: when something may happen is for each app's workflow.py. Staff roles
are void on a case of a group in which the person holds a role; `roles_on_case` is the one place that says so.
"""

from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.roles import ON_ALL_CASES, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from accounts.models import User


class Action(Enum):
    """Something that a person does. The value is its name in the generated table."""

    # The group and its people
    VIEW_GROUP = "view_group"
    EDIT_GROUP = "edit_group"
    MANAGE_GROUP_PEOPLE = "manage_group_people"
    VIEW_FIRM = "view_firm"
    EDIT_FIRM = "edit_firm"
    ADMIT_FIRM = "admit_firm"
    CHECK_PAPER = "check_paper"
    # Technical support
    VIEW_SUPPORT = "view_support"
    ASK_SUPPORT = "ask_support"
    ANSWER_SUPPORT = "answer_support"
    LOG_SESSION = "log_session"
    END_SUPPORT = "end_support"
    # The coordinator's appointment
    VIEW_APPOINTMENT = "view_appointment"
    NOMINATE_COORDINATOR = "nominate_coordinator"
    ANSWER_NOMINATION = "answer_nomination"
    CONFIRM_COORDINATOR = "confirm_coordinator"
    # Calls
    VIEW_DRAFT_CALL = "view_draft_call"
    EDIT_CALL = "edit_call"
    PUBLISH_CALL = "publish_call"
    SET_SALARY_SCALE = "set_salary_scale"
    # The application, by the group
    START_APPLICATION = "start_application"
    VIEW_APPLICATION = "view_application"
    EDIT_APPLICATION = "edit_application"
    MARK_SECTION = "mark_section"
    SUGGEST = "suggest"
    ANSWER_SUGGESTION = "answer_suggestion"
    SUBMIT_APPLICATION = "submit_application"
    WITHDRAW_APPLICATION = "withdraw_application"
    RENOUNCE_APPLICATION = "renounce_application"
    ASK_RECONSIDERATION = "ask_reconsideration"
    # The application, by staff
    VIEW_INTERNAL = "view_internal"
    CHECK_ELIGIBILITY = "check_eligibility"
    REQUEST_CHANGES = "request_changes"
    VIEW_MESSAGES = "view_messages"
    WRITE_MESSAGE = "write_message"
    ANSWER_MESSAGE = "answer_message"
    NOTE_CASE = "note_case"
    ASSIGN_OFFICER = "assign_officer"
    ASSIGN_ADVISER = "assign_adviser"
    ASSIGN_REVIEWS = "assign_reviews"
    VIEW_REVIEWS = "view_reviews"
    RECORD_CONSENSUS = "record_consensus"
    RECOMMEND = "recommend"
    VIEW_DECISION = "view_decision"
    DECIDE = "decide"
    DECIDE_RECONSIDERATION = "decide_reconsideration"
    ANNUL = "annul"
    MEET_CONDITION = "meet_condition"
    RECORD_NOTICE = "record_notice"
    OPEN_PROJECT = "open_project"
    # One review
    VIEW_REVIEW = "view_review"
    DO_REVIEW = "do_review"
    MANAGE_REVIEW = "manage_review"
    # The pool of experts
    KEEP_OWN_PROFILE = "keep_own_profile"
    VIEW_REVIEWERS = "view_reviewers"
    EDIT_REVIEWER = "edit_reviewer"
    # The project
    VIEW_PROJECT = "view_project"
    SEE_RISKS = "see_risks"
    SIGN_AGREEMENT = "sign_agreement"
    MANAGE_AGREEMENT = "manage_agreement"
    MANAGE_PROJECT = "manage_project"
    SUSPEND_PROJECT = "suspend_project"
    HEAR_GROUP = "hear_group"
    ANSWER_HEARING = "answer_hearing"
    TERMINATE_PROJECT = "terminate_project"
    RENOUNCE_PROJECT = "renounce_project"
    # What changes a plan, and visits
    VIEW_AMENDMENT = "view_amendment"
    EDIT_AMENDMENT = "edit_amendment"
    DECIDE_AMENDMENT = "decide_amendment"
    RESOLVE_AMENDMENT = "resolve_amendment"
    VIEW_PRICE_UPDATE = "view_price_update"
    PREPARE_PRICE_UPDATE = "prepare_price_update"
    ISSUE_PRICE_UPDATE = "issue_price_update"
    VIEW_VISIT = "view_visit"
    LOG_VISIT = "log_visit"
    # Reports
    VIEW_REPORT = "view_report"
    EDIT_REPORT = "edit_report"
    SUBMIT_REPORT = "submit_report"
    DECIDE_REPORT = "decide_report"
    MOVE_REPORT = "move_report"
    ASK_REPORT = "ask_report"
    VIEW_NOTEBOOK = "view_notebook"
    WRITE_NOTEBOOK = "write_notebook"
    KEEP_CERTIFICATE = "keep_certificate"
    CHECK_MACHINE = "check_machine"
    KEEP_MACHINE = "keep_machine"
    # Money
    VIEW_STATEMENT = "view_statement"
    EDIT_EXPENSE = "edit_expense"
    SUBMIT_STATEMENT = "submit_statement"
    VERIFY_EXPENSE = "verify_expense"
    GROUND_SUPPLIER = "ground_supplier"
    ACCEPT_FEW_QUOTES = "accept_few_quotes"
    VIEW_PAYMENTS = "view_payments"
    EDIT_PAYEE = "edit_payee"
    STOP_PAYEE = "stop_payee"
    HAND_IN_SALARY = "hand_in_salary"
    ACCEPT_SALARY = "accept_salary"
    ORDER_PAYMENT = "order_payment"
    CONFIRM_PAYMENT = "confirm_payment"
    ASK_REFUND = "ask_refund"
    GIVE_RECEIPT = "give_receipt"
    CONFIRM_REFUND = "confirm_refund"
    KEEP_SURETY = "keep_surety"
    MAKE_BANK_LIST = "make_bank_list"
    MATCH_ACCOUNT = "match_account"
    FOLLOW_MONEY = "follow_money"
    DRAW_SAMPLE = "draw_sample"
    WRITE_FINDING = "write_finding"
    ANSWER_FINDING = "answer_finding"
    # The programme and the system
    SET_COVER = "set_cover"
    DELEGATE = "delegate"
    VIEW_FIGURES = "view_figures"
    EDIT_CATALOGUES = "edit_catalogues"
    MANAGE_ROLES = "manage_roles"
    OPERATE = "operate"

    def allowed_to(self, among: "Collection[Role]" = tuple(Role)) -> str:
        """The roles that may, in words, for the sentence that refuses everybody else."""
        return ", ".join(str(role.label) for role in Role if role in TABLE[self] and role in among)


REPRESENTATIVE, MEMBER, VIEWER = Role.REPRESENTATIVE, Role.MEMBER, Role.VIEWER
NOMINEE, COORDINATOR = Role.NOMINEE, Role.COORDINATOR
ADVISER, REVIEWER, OFFICER, APPROVER = Role.ADVISER, Role.REVIEWER, Role.OFFICER, Role.APPROVER
FINANCE, ADMIN, AUDITOR = Role.FINANCE, Role.ADMIN, Role.AUDITOR

THE_GROUP = frozenset({REPRESENTATIVE, MEMBER, VIEWER, COORDINATOR})
THE_OFFICE = frozenset({OFFICER, APPROVER, FINANCE, ADMIN})


def to(*roles: "Role | frozenset[Role]") -> frozenset[Role]:
    """One cell row: roles and sets of roles together."""
    return frozenset(chain.from_iterable([role] if isinstance(role, Role) else role for role in roles))


TABLE: dict[Action, frozenset[Role]] = {
    # A group reads all that is its own; its representative answers for it.
    Action.VIEW_GROUP: to(THE_GROUP, NOMINEE, ADVISER, THE_OFFICE, AUDITOR),
    Action.EDIT_GROUP: to(REPRESENTATIVE, MEMBER),
    Action.MANAGE_GROUP_PEOPLE: to(REPRESENTATIVE),
    Action.VIEW_FIRM: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.EDIT_FIRM: to(REPRESENTATIVE, MEMBER),
    # A firm that others registered joins only with its consent, of which an officer has the proof.
    Action.ADMIT_FIRM: to(OFFICER),
    # A firm that has no address of its own confirms by a signed paper, which somebody of the programme looks at.
    Action.CHECK_PAPER: to(OFFICER),
    # The group asks for help, an officer assigns, the adviser accepts and keeps the log.
    Action.VIEW_SUPPORT: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.ASK_SUPPORT: to(REPRESENTATIVE, MEMBER),
    Action.ANSWER_SUPPORT: to(ADVISER),
    Action.LOG_SESSION: to(ADVISER),
    Action.END_SUPPORT: to(ADVISER, OFFICER),
    # The group nominates, the person answers, the programme confirms.
    Action.VIEW_APPOINTMENT: to(THE_GROUP, NOMINEE, ADVISER, THE_OFFICE, AUDITOR),
    Action.NOMINATE_COORDINATOR: to(REPRESENTATIVE),
    Action.ANSWER_NOMINATION: to(NOMINEE),
    Action.CONFIRM_COORDINATOR: to(OFFICER),
    # A published call is public; a draft is not.
    Action.VIEW_DRAFT_CALL: to(ADMIN, OFFICER, AUDITOR),
    Action.EDIT_CALL: to(ADMIN),
    Action.PUBLISH_CALL: to(ADMIN),
    # One resolution moves the salary of a call's coordinators from a day on.
    Action.SET_SALARY_SCALE: to(ADMIN),
    # Editors write, the representative sends. A reviewer reads what was assigned to them.
    Action.START_APPLICATION: to(REPRESENTATIVE, MEMBER),
    Action.VIEW_APPLICATION: to(THE_GROUP, ADVISER, REVIEWER, THE_OFFICE, AUDITOR),
    Action.EDIT_APPLICATION: to(REPRESENTATIVE, MEMBER, ADVISER),
    Action.MARK_SECTION: to(REPRESENTATIVE, MEMBER),
    # An adviser suggests, the group decides what becomes of it.
    Action.SUGGEST: to(ADVISER),
    Action.ANSWER_SUGGESTION: to(REPRESENTATIVE, MEMBER),
    Action.SUBMIT_APPLICATION: to(REPRESENTATIVE),
    Action.WITHDRAW_APPLICATION: to(REPRESENTATIVE),
    Action.RENOUNCE_APPLICATION: to(REPRESENTATIVE),
    Action.ASK_RECONSIDERATION: to(REPRESENTATIVE),
    # The officer prepares, the approver decides; being admin gives no decision.
    Action.VIEW_INTERNAL: to(THE_OFFICE, AUDITOR),
    Action.CHECK_ELIGIBILITY: to(OFFICER),
    Action.REQUEST_CHANGES: to(OFFICER),
    # A thread between the group and the office; who only reads writes nothing, and a reviewer judges what was sent.
    Action.VIEW_MESSAGES: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.WRITE_MESSAGE: to(REPRESENTATIVE, MEMBER, COORDINATOR, OFFICER),
    Action.ANSWER_MESSAGE: to(OFFICER),
    # Whoever of the office reads the internal notes writes them too; an auditor only reads, an adviser logs sessions.
    Action.NOTE_CASE: to(THE_OFFICE),
    Action.ASSIGN_OFFICER: to(OFFICER),
    Action.ASSIGN_ADVISER: to(OFFICER),
    Action.ASSIGN_REVIEWS: to(OFFICER),
    Action.VIEW_REVIEWS: to(OFFICER, APPROVER, AUDITOR),
    # Where reviewers lie too far apart and the call lets them meet; who was there reads it at their own review.
    Action.RECORD_CONSENSUS: to(OFFICER),
    Action.RECOMMEND: to(OFFICER),
    # A reviewer does not learn what the others said.
    Action.VIEW_DECISION: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.DECIDE: to(APPROVER),
    Action.DECIDE_RECONSIDERATION: to(APPROVER),
    Action.ANNUL: to(APPROVER),
    Action.MEET_CONDITION: to(OFFICER),
    # How and when the group was notified of a decision, of a letter or of a refund: its days count from then on.
    Action.RECORD_NOTICE: to(OFFICER),
    Action.OPEN_PROJECT: to(OFFICER),
    # A review is the work of the person to whom it was assigned.
    Action.VIEW_REVIEW: to(REVIEWER, OFFICER, APPROVER, AUDITOR),
    Action.DO_REVIEW: to(REVIEWER),
    Action.MANAGE_REVIEW: to(OFFICER),
    # An expert says what they know and to whom they are tied; whoever assigns reviews, or gives the role, sees the pool.
    Action.KEEP_OWN_PROFILE: to(REVIEWER),
    Action.VIEW_REVIEWERS: to(OFFICER, ADMIN),
    Action.EDIT_REVIEWER: to(OFFICER),
    # The project runs between group and officer; the heavy acts are the approver's.
    Action.SEE_RISKS: to(OFFICER),
    Action.VIEW_PROJECT: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.SIGN_AGREEMENT: to(REPRESENTATIVE),
    Action.MANAGE_AGREEMENT: to(OFFICER),
    Action.MANAGE_PROJECT: to(OFFICER),
    Action.SUSPEND_PROJECT: to(OFFICER, APPROVER),
    # Before a project is terminated its group knows the grounds, and is heard.
    Action.HEAR_GROUP: to(OFFICER, APPROVER),
    Action.ANSWER_HEARING: to(REPRESENTATIVE),
    Action.TERMINATE_PROJECT: to(APPROVER),
    Action.RENOUNCE_PROJECT: to(REPRESENTATIVE),
    # The group asks for a change, an officer decides; where it is about money, the approver.
    Action.VIEW_AMENDMENT: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.EDIT_AMENDMENT: to(COORDINATOR, REPRESENTATIVE),
    Action.DECIDE_AMENDMENT: to(OFFICER),
    Action.RESOLVE_AMENDMENT: to(APPROVER),
    # Prices move: an officer works out what a call's projects get, the approver issues it for all of them.
    Action.VIEW_PRICE_UPDATE: to(THE_OFFICE, AUDITOR),
    Action.PREPARE_PRICE_UPDATE: to(OFFICER),
    Action.ISSUE_PRICE_UPDATE: to(APPROVER),
    # A group reads what was seen at it, and what was agreed.
    Action.VIEW_VISIT: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.LOG_VISIT: to(OFFICER),
    # The coordinator reports. While there is none the representative owes it: the workflow says which of the two now.
    Action.VIEW_REPORT: to(THE_GROUP, ADVISER, THE_OFFICE, AUDITOR),
    Action.EDIT_REPORT: to(COORDINATOR, REPRESENTATIVE),
    Action.SUBMIT_REPORT: to(COORDINATOR, REPRESENTATIVE),
    Action.DECIDE_REPORT: to(OFFICER),
    Action.MOVE_REPORT: to(OFFICER),
    Action.ASK_REPORT: to(OFFICER),
    # The notebook is the group's own: the office reads what its reports took from it.
    Action.VIEW_NOTEBOOK: to(THE_GROUP),
    Action.WRITE_NOTEBOOK: to(COORDINATOR, REPRESENTATIVE, MEMBER),
    # A certificate is renewed by the group; machines in joint use are looked at by the programme, for years.
    Action.KEEP_CERTIFICATE: to(COORDINATOR, REPRESENTATIVE),
    Action.CHECK_MACHINE: to(OFFICER),
    # Its insurance and the invoices that bought it, also after the report that brought it.
    Action.KEEP_MACHINE: to(COORDINATOR, REPRESENTATIVE, OFFICER),
    # The coordinator hands in what was spent; finance verifies it, or an officer. A supplier of the group's own stands by an
    # officer's ground.
    Action.VIEW_STATEMENT: to(REPRESENTATIVE, COORDINATOR, THE_OFFICE, AUDITOR),
    Action.EDIT_EXPENSE: to(COORDINATOR, REPRESENTATIVE),
    Action.SUBMIT_STATEMENT: to(COORDINATOR, REPRESENTATIVE),
    Action.VERIFY_EXPENSE: to(FINANCE, OFFICER),
    Action.GROUND_SUPPLIER: to(OFFICER),
    Action.ACCEPT_FEW_QUOTES: to(OFFICER, FINANCE),
    # Who orders a payment never confirms it: that is a guard, since both are the same role.
    Action.VIEW_PAYMENTS: to(REPRESENTATIVE, COORDINATOR, THE_OFFICE, AUDITOR),
    Action.EDIT_PAYEE: to(REPRESENTATIVE, OFFICER),
    # Whoever hears of an embargo stops payments; an officer other than they lets them go on.
    Action.STOP_PAYEE: to(REPRESENTATIVE, COORDINATOR, OFFICER, FINANCE),
    # A salary: the coordinator hands in invoice and note, an officer accepts, finance pays.
    Action.HAND_IN_SALARY: to(COORDINATOR),
    Action.ACCEPT_SALARY: to(OFFICER),
    Action.ORDER_PAYMENT: to(FINANCE),
    Action.CONFIRM_PAYMENT: to(FINANCE),
    # What is asked back comes from the group; whoever wrote a receipt down does not confirm it, which is a guard.
    Action.ASK_REFUND: to(FINANCE, OFFICER),
    Action.GIVE_RECEIPT: to(REPRESENTATIVE, COORDINATOR, FINANCE),
    Action.CONFIRM_REFUND: to(FINANCE),
    Action.KEEP_SURETY: to(FINANCE, OFFICER),
    Action.MAKE_BANK_LIST: to(FINANCE),
    # Whoever keeps the account of the project brings its statement.
    Action.MATCH_ACCOUNT: to(COORDINATOR, REPRESENTATIVE, FINANCE, OFFICER),
    # The trail of a peso, and what an auditor finds on it; an admin writes down what an auditor without an account found.
    Action.FOLLOW_MONEY: to(THE_OFFICE, AUDITOR),
    Action.DRAW_SAMPLE: to(AUDITOR, ADMIN),
    Action.WRITE_FINDING: to(AUDITOR, ADMIN),
    Action.ANSWER_FINDING: to(OFFICER, FINANCE),
    # People, figures and machinery.
    # An officer for themselves, or for a colleague who fell ill.
    Action.SET_COVER: to(OFFICER, ADMIN),
    # What is lent: an admin other than both agrees, and what was lent is not lent on.
    Action.DELEGATE: to(APPROVER),
    Action.VIEW_FIGURES: to(THE_OFFICE),
    Action.EDIT_CATALOGUES: to(ADMIN),
    Action.MANAGE_ROLES: to(ADMIN),
    Action.OPERATE: to(ADMIN),
}


def roles_on_case(
    user: "User",
    *,
    group_roles: "Iterable[Role]",
    case_id: int | None,
    assigned: "Iterable[Role]" = frozenset(),
    within: "Iterable[int]" = (),
) -> frozenset[Role]:
    """The roles that a person holds for one case; every model's `roles_of` ends here.

    `group_roles` are those in the case's group (or its project): with any of them, staff roles are void
    (PROGRAMME 3). `assigned` are the adviser's and reviewer's roles that they were given on this case. `within` are
    the cases that contain this one (its group, its call): an auditor who was given those reads this too.
    """
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if own := frozenset(group_roles):
        return own
    staff = user.staff_roles()
    roles = staff & (ON_ALL_CASES | frozenset(assigned))
    if Role.AUDITOR in staff and not user.audited_cases().isdisjoint({case_id, *within} - {None}):
        roles |= {Role.AUDITOR}
    return roles


def holds(user: "User", action: Action) -> bool:
    """Whether a person's staff roles may ever allow an action: for menus and lists, which have no object yet."""
    return user.is_authenticated and not TABLE[action].isdisjoint(user.staff_roles())


def staff_scope(
    user: "User",
    action: Action,
    *,
    case: str,
    adviser: str | None = None,
    reviewer: str | None = None,
    within: "Iterable[str]" = (),
) -> Q:
    """The rows that a person's staff roles open for an action: the staff half of every `visible_to`.

    The lookups lead from the listed model: `case` and `within` to cases, as in `roles_on_case`; `adviser` and
    `reviewer` to the people who were assigned. The person's own groups are the caller's other half.
    """
    nothing = Q(pk__in=[])
    if not user.is_authenticated:
        return nothing
    roles = user.staff_roles() & TABLE[action]
    if roles & ON_ALL_CASES:
        return Q(pk__isnull=False)
    scope = nothing
    for role, lookup in ((Role.ADVISER, adviser), (Role.REVIEWER, reviewer)):
        if role in roles and lookup:
            scope |= Q(**{lookup: user})
    if Role.AUDITOR in roles:
        for lookup in (case, *within):
            scope |= Q(**{f"{lookup}__in": user.audited_cases()})
    return scope
