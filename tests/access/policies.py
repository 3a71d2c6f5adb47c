"""Who may what, as an address shows it: the policies of PROGRAMME 3 by their names, and what a row of the matrix says."""

from typing import NamedTuple

from tests.access.world import CAST

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
HEARS = only("officer", "approver")
MACHINE_KEEPER = only("representative", "coordinator", "officer")
# What moves the prices of a call: an officer prepares, an approver issues; nobody has a role of a call.
UPDATE_READ = Policy(THE_OFFICE)
UPDATE_OFFICER = only("officer", of=THE_OFFICE)
UPDATE_APPROVER = only("approver", of=THE_OFFICE)
UPDATE_WRITER = only("officer", of=SIGNED_IN)
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


# While there is a coordinator, the representative is told that the coordinator writes the report and its expenses.
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
