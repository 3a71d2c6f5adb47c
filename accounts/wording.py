"""The permission table in plain words, for the page that shows it and for the handbook."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import TABLE, Action
from accounts.roles import Role

# Under each heading, in the order of the table: what a person does.
SECTIONS: list[tuple[Promise, dict[Action, Promise]]] = [
    (
        _("The group and its people"),
        {
            Action.VIEW_GROUP: _("See a group"),
            Action.EDIT_GROUP: _("Change a group, its firms and its institutions"),
            Action.MANAGE_GROUP_PEOPLE: _("Invite people to a group and end their place in it"),
            Action.VIEW_FIRM: _("See a firm"),
            Action.EDIT_FIRM: _("Enter the data and the figures of a firm"),
            Action.ADMIT_FIRM: _("Add a firm that is registered already to another group"),
            Action.CHECK_PAPER: _("Check the signed paper by which a firm confirms"),
        },
    ),
    (
        _("Technical support"),
        {
            Action.VIEW_SUPPORT: _("See the technical support of a group"),
            Action.ASK_SUPPORT: _("Ask for technical support"),
            Action.ANSWER_SUPPORT: _("Accept or decline to help a group"),
            Action.LOG_SESSION: _("Log a session of support"),
            Action.END_SUPPORT: _("End the technical support of a group"),
        },
    ),
    (
        _("The coordinator's appointment"),
        {
            Action.VIEW_APPOINTMENT: _("See who was nominated or appointed"),
            Action.NOMINATE_COORDINATOR: _("Nominate a coordinator, or take the nomination back"),
            Action.ANSWER_NOMINATION: _("Accept or decline a nomination"),
            Action.CONFIRM_COORDINATOR: _("Confirm a coordinator, or end the appointment"),
        },
    ),
    (
        _("Calls"),
        {
            Action.VIEW_DRAFT_CALL: _("See a call before it is published"),
            Action.EDIT_CALL: _("Write a call"),
            Action.PUBLISH_CALL: _("Publish, wind up or cancel a call"),
            Action.SET_SALARY_SCALE: _("Set the coordinators' salary of a call from a day on"),
        },
    ),
    (
        _("The application, by the group"),
        {
            Action.START_APPLICATION: _("Start an application"),
            Action.VIEW_APPLICATION: _("See an application"),
            Action.EDIT_APPLICATION: _("Write an application while it is open"),
            Action.MARK_SECTION: _("Say who writes a section, and that it is ready"),
            Action.SUGGEST: _("Suggest a change to a section"),
            Action.ANSWER_SUGGESTION: _("Adopt or dismiss a suggestion"),
            Action.SUBMIT_APPLICATION: _("Send an application"),
            Action.WITHDRAW_APPLICATION: _("Withdraw an application"),
            Action.RENOUNCE_APPLICATION: _("Renounce what was approved"),
            Action.ASK_RECONSIDERATION: _("Ask for reconsideration"),
        },
    ),
    (
        _("The application, by the programme"),
        {
            Action.VIEW_INTERNAL: _("See the programme's own notes on a case"),
            Action.CHECK_ELIGIBILITY: _("Sign off eligibility, or declare it ineligible"),
            Action.REQUEST_CHANGES: _("Return an application for changes"),
            Action.VIEW_MESSAGES: _("Read the messages between the group and the programme"),
            Action.WRITE_MESSAGE: _("Write a message about an application to the other side"),
            Action.ANSWER_MESSAGE: _("Say that a message of the group needs no answer"),
            Action.NOTE_CASE: _("Write notes of the office, and log contacts with the group"),
            Action.ASSIGN_OFFICER: _("Put an officer in charge of an application"),
            Action.ASSIGN_ADVISER: _("Assign an adviser"),
            Action.ASSIGN_REVIEWS: _("Assign reviewers"),
            Action.VIEW_REVIEWS: _("See all reviews of an application"),
            Action.RECORD_CONSENSUS: _("Record what reviewers agreed on when they met"),
            Action.RECOMMEND: _("Recommend"),
            Action.VIEW_DECISION: _("See a decision and its letter"),
            Action.DECIDE: _("Approve, reject, put on reserve or send back"),
            Action.DECIDE_RECONSIDERATION: _("Decide on a reconsideration"),
            Action.ANNUL: _("Annul an approval"),
            Action.MEET_CONDITION: _("Say that the group met a condition of its approval"),
            Action.RECORD_NOTICE: _("Write down how a group was notified, with the proof"),
            Action.OPEN_PROJECT: _("Open the project of an approved application"),
        },
    ),
    (
        _("Reviews"),
        {
            Action.VIEW_REVIEW: _("See a review"),
            Action.DO_REVIEW: _("Declare interest, score and send a review"),
            Action.MANAGE_REVIEW: _("Void or reassign a review"),
            Action.KEEP_OWN_PROFILE: _(
                "Keep one's own profile as a reviewer, and declare ties to firms and groups"
            ),
            Action.VIEW_REVIEWERS: _("See the reviewers, what they know and what they have to do"),
            Action.EDIT_REVIEWER: _("Change the profile of a reviewer"),
        },
    ),
    (
        _("Projects"),
        {
            Action.VIEW_PROJECT: _("See a project"),
            Action.SEE_RISKS: _("See the risks of a project, with their arithmetic"),
            Action.SIGN_AGREEMENT: _("Hand in the agreement that the group signed"),
            Action.MANAGE_AGREEMENT: _("Prepare the agreement and register its signatures"),
            Action.MANAGE_PROJECT: _("Activate, close or resume a project"),
            Action.SUSPEND_PROJECT: _("Suspend a project"),
            Action.HEAR_GROUP: _("Propose to terminate a project, and hear the group"),
            Action.ANSWER_HEARING: _("Answer a proposal to terminate the project"),
            Action.TERMINATE_PROJECT: _("Terminate a project"),
            Action.RENOUNCE_PROJECT: _("Renounce a project"),
            Action.VIEW_AMENDMENT: _("See an amendment that was sent"),
            Action.EDIT_AMENDMENT: _("Ask for an amendment"),
            Action.DECIDE_AMENDMENT: _("Return an amendment, decide on it, or advise the approver"),
            Action.RESOLVE_AMENDMENT: _("Decide on an amendment of money"),
            Action.VIEW_PRICE_UPDATE: _("See the updates of prices of a call"),
            Action.PREPARE_PRICE_UPDATE: _("Prepare an update of prices for the projects of a call"),
            Action.ISSUE_PRICE_UPDATE: _("Issue an update of prices by resolution"),
            Action.VIEW_VISIT: _("See the visits to a group"),
            Action.LOG_VISIT: _("Plan a visit and log it"),
        },
    ),
    (
        _("Reports"),
        {
            Action.VIEW_REPORT: _("See a report"),
            Action.EDIT_REPORT: _("Write a report (the representative, while there is no coordinator)"),
            Action.SUBMIT_REPORT: _("Send a report (the representative, while there is no coordinator)"),
            Action.DECIDE_REPORT: _("Accept a report or return it"),
            Action.MOVE_REPORT: _("Move the due date of a report"),
            Action.ASK_REPORT: _("Ask for a report besides those of the timetable"),
            Action.VIEW_NOTEBOOK: _("Read the notebook of a project"),
            Action.WRITE_NOTEBOOK: _("Write into the notebook of a project"),
            Action.KEEP_CERTIFICATE: _("Renew a certificate, or say that it is not renewed"),
            Action.CHECK_MACHINE: _("Look at machines in joint use, and say how often"),
            Action.KEEP_MACHINE: _("Keep the insurance of a machine, and the invoices that bought it"),
        },
    ),
    (
        _("Money"),
        {
            Action.VIEW_STATEMENT: _("See what a project proves that it spent"),
            Action.EDIT_EXPENSE: _("Write down expenses (the representative, while there is no coordinator)"),
            Action.SUBMIT_STATEMENT: _(
                "Hand in an expense statement (the representative, while there is no coordinator)"
            ),
            Action.VERIFY_EXPENSE: _("Verify an expense, ask about it or reject it"),
            Action.GROUND_SUPPLIER: _("Say why a supplier of the group's own may stand"),
            Action.ACCEPT_FEW_QUOTES: _("Let an expense stand with fewer quotes than the call asks for"),
            Action.VIEW_PAYMENTS: _("See payments"),
            Action.EDIT_PAYEE: _("Say who is paid, and on which account"),
            Action.STOP_PAYEE: _("Stop payments to an account"),
            Action.HAND_IN_SALARY: _("Hand in invoice and note of a month of one's own salary"),
            Action.ACCEPT_SALARY: _("Accept a month of the coordinator's salary, or return it"),
            Action.ORDER_PAYMENT: _("Order a payment"),
            Action.CONFIRM_PAYMENT: _("Confirm a payment that another person ordered"),
            Action.ASK_REFUND: _("Ask a group to give money back"),
            Action.GIVE_RECEIPT: _("Write down that money was given back"),
            Action.CONFIRM_REFUND: _("Confirm that it came, where another person wrote it down"),
            Action.KEEP_SURETY: _("Enter and release a surety"),
            Action.MAKE_BANK_LIST: _("Make a list of payments for the bank"),
            Action.MATCH_ACCOUNT: _("Bring the bank statement of a project's account, and match it"),
            Action.FOLLOW_MONEY: _("Follow the money from the resolution to the invoice, and back"),
            Action.DRAW_SAMPLE: _("Draw a sample of payments and expenses"),
            Action.WRITE_FINDING: _("Write an audit finding, and close it"),
            Action.ANSWER_FINDING: _("Answer an audit finding"),
        },
    ),
    (
        _("The programme and the system"),
        {
            Action.SET_COVER: _("Say who stands in for an officer"),
            Action.DELEGATE: _("Delegate one's own decisions to somebody for some days"),
            Action.VIEW_FIGURES: _("See the programme's internal figures"),
            Action.EDIT_CATALOGUES: _("Keep the ceilings for SMEs and the list of activities"),
            Action.MANAGE_ROLES: _("Give and end roles"),
            Action.OPERATE: _("Watch over unsent messages and failed jobs"),
        },
    ),
]


@dataclass(frozen=True)
class Row:
    """One action, in words, with the roles that may."""

    action: Action
    words: Promise
    roles: list[Role]


def rows_by_section() -> list[tuple[Promise, list[Row]]]:
    """The table of permissions, read from the table itself."""
    return [
        (
            heading,
            [
                Row(action, words, [r for r in Role if r in TABLE[action]])
                for action, words in actions.items()
            ],
        )
        for heading, actions in SECTIONS
    ]
