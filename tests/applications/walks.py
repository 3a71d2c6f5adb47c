"""Random walks: anybody of the cast does anything to some applications of one call, with data good and bad.

A step either happens or is refused with a sentence and changes nothing; after each the world is looked at as PROGRAMME 6
asks. `World.wrong()` names what must never be.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from applications import actions, judging, verifying
from applications.guards.independence import WRITING
from applications.models import (
    Application,
    BudgetLine,
    Call,
    Decision,
    EnvelopeEntry,
    FirmClaim,
    Review,
    Submission,
)
from applications.office import charge, thread
from applications.querysets import ENDED
from applications.supporting.history import advised_ids
from applications.workflow import APPLICATION, CALL, REVIEW
from core import timeline
from core.models import Event, Message
from core.money import ZERO
from core.workflow import Refusal
from tests.clock import NOON
from tests.factories_applications import (
    OFFICE,
    application_at,
    make_call,
    staff_member,
)
from tests.factories_groups import give_place, make_group

DAY = dt.timedelta(days=1)
RULES = ("group_age", "area_and_chain", "no_such_rule")
WORDS = st.sampled_from(["", "  ", "So it is.", "Ñandú 🌾\n\nand more"])
NUMBERS = st.sampled_from(["", "R-1", "R-2", "R-3", "R-4", "R-5"])
AMOUNTS = st.sampled_from(
    ["all", "all", "half", "none", "above", "below", "cents", "words", "missing", "other"]
)
# Some grants of a small envelope: two of three million each never fit.
ENVELOPE = Decimal("5000000.00")


def amounts(application: Application, how: str) -> dict[int, Any]:
    """Amounts by line, right and wrong ones."""
    shares = {line.pk: line.programme_share for line in application.lines.all()}
    made: dict[str, Callable[[Decimal], Any]] = {
        "half": lambda share: (share / 2).quantize(Decimal("0.01")),
        "none": lambda _share: ZERO,
        "above": lambda share: share + Decimal("0.01"),
        "below": lambda _share: Decimal("-0.01"),
        "cents": lambda _share: Decimal("0.001"),
        "words": lambda _share: "a lot",
    }
    found: dict[int, Any] = {pk: made.get(how, lambda share: share)(share) for pk, share in shares.items()}
    if how == "missing" and found:
        found.popitem()
    if how == "other":
        found[0] = ZERO
    return found


@dataclass
class World:
    """One call with four groups, each at another point of the road, and the cast."""

    call: Call
    applications: list[Application]
    people: list[User]
    right: dict[str, list[User]]
    now: dt.datetime = NOON
    seen: dict[int, tuple[str, Any]] = field(default_factory=dict)
    happened: list[str] = field(default_factory=list)

    def copy(self) -> "World":
        """The same world, for another walk."""
        return World(self.call, self.applications, self.people, self.right)

    # --- One step ------------------------------------------------------------------------------

    def step(self, data: st.DataObject) -> None:
        """Somebody does something. Refused, it changes nothing; anything but a refusal is a fault."""
        self.now += data.draw(st.sampled_from([0, 0, 0, 0, 1, 8, 30])) * DAY
        application = data.draw(st.sampled_from(self.applications))
        application = Application.objects.select_related("group", "call", "case").get(pk=application.pk)
        acts = self.possible(application) if data.draw(st.integers(0, 9)) < 8 else list(ACTS)
        name = data.draw(st.sampled_from(acts))
        before = self.fingerprint()
        try:
            ACTS[name](self, application, data)
        except Refusal as refusal:
            self.refused(name, refusal.sentence, before)
        else:
            self.happened.append(name)

    def refused(self, name: str, sentence: str, before: tuple) -> None:
        """A refusal says why, and leaves all as it was."""
        assert sentence, name
        assert self.fingerprint() == before, f"{name} was refused, and something changed"

    def possible(self, application: Application) -> list[str]:
        """What the state allows, so that a walk gets somewhere; and what is no transition."""
        rows = [row.name for row in APPLICATION.transitions if application.status in row.sources]
        return rows + OTHERS

    def who(self, data: st.DataObject, *roles: str) -> User:
        """Mostly somebody of the right role; now and then anybody."""
        if roles and data.draw(st.integers(0, 9)) < 8:
            return data.draw(st.sampled_from([person for role in roles for person in self.right[role]]))
        return data.draw(st.sampled_from(self.people))

    def fingerprint(self) -> tuple:
        """All that a refused step leaves as it was."""
        return (
            list(
                Application.objects.order_by("pk").values_list(
                    "pk", "status", "version", "message_waits_since"
                )
            ),
            list(Review.objects.order_by("pk").values_list("pk", "status", "version", "kept_for")),
            list(FirmClaim.objects.order_by("pk").values_list("pk", "application")),
            [model.objects.count() for model in (Event, Message, Decision, EnvelopeEntry, Submission)],
            Call.objects.values_list("status", flat=True).get(pk=self.call.pk),
        )

    # --- What must never be ----------------------------------------------------------------------

    def wrong(self) -> list[str]:
        """What breaks a rule of PROGRAMME 5 and 6, in words."""
        return [*self._wrong_money(), *self._wrong_cases(), *self._wrong_people(), *self._changed()]

    def _wrong_money(self) -> list[str]:
        found = []
        if self.call.entries.committed() > self.call.envelope:
            found.append("more is committed than the envelope holds")
        held = dict(EnvelopeEntry.objects.values_list("application").annotate(sum=Sum("amount")).order_by())
        for application in Application.objects.filter(call=self.call):
            decided = application.decisions.filter(kind="approve").order_by("-pk").first()
            due = decided.amount if decided and application.status == "approved" else ZERO
            if held.get(application.pk, ZERO) != due:
                found.append(f"{application.pk} holds {held.get(application.pk)} and has {due}")
            if decided and decided.amount > min(decided.submission.amount, self.call.max_per_project):
                found.append(f"{application.pk} got more than it asked for, or than the call gives")
        return found

    def _wrong_cases(self) -> list[str]:
        found = []
        live = Application.objects.live().values("group", "call").annotate(many=Count("pk")).order_by()
        if live.filter(many__gt=1).exists():
            found.append("a group has two live applications to one call")
        if FirmClaim.objects.filter(application__status__in=ENDED).exists():
            found.append("an application that ended still holds firms")
        if FirmClaim.objects.values("call", "firm").annotate(many=Count("pk")).filter(many__gt=1).exists():
            found.append("a firm takes part twice")
        for application in Application.objects.filter(call=self.call):
            kinds = set(application.decisions.values_list("kind", flat=True))
            lapsed = Event.objects.filter(case=application.case, action="application.lapse_reserve").exists()
            need = {
                "approved": "approve",
                "annulled": "annul",
                "renounced": "approve",
                "rejected": "reserve" if lapsed else "reject",
                "ineligible": "ineligible",
                "reserve": "reserve",
            }.get(application.status)
            if need and need not in kinds:
                found.append(f"{application.pk} is {application.status} without its decision")
        return found

    def _wrong_people(self) -> list[str]:
        found = []
        if Review.objects.live().filter(no_interest=False).exists():
            found.append("somebody with an interest has a live review")
        if Review.objects.unfinished().filter(application__status__in=ENDED).exists():
            found.append("a review is asked for of an application that ended")
        if Review.objects.filter(status="sent", total=None).exists():
            found.append("a review was sent without its total")
        decided = Decision.objects.select_related("application__group").order_by("pk")
        for decision in decided.exclude(kind="ineligible"):
            person, application = decision.decided_by, decision.application
            if person.pk in {row.recommended_by_id for row in application.recommendations.all()}:
                found.append(f"{person} decided what they recommended")
            if Event.objects.filter(case=application.case, actor=person, action__in=WRITING).exists():
                found.append(f"{person} decided what they wrote")
            if person.pk in advised_ids(application):
                found.append(f"{person} decided what they advised")
        return found

    def _changed(self) -> list[str]:
        """Snapshots and hashes, against what they were when first seen (PROGRAMME 6.10)."""
        now = {row.pk: (row.sha256, row.snapshot) for row in Submission.objects.all()}
        changed = [f"submission {pk} changed" for pk, was in self.seen.items() if now.get(pk) != was]
        self.seen |= now
        return changed

    def wrong_records(self) -> list[str]:
        """The chains, and all that can be computed again: at the end of a walk, for it takes its time."""
        cases = [application.case for application in self.applications]
        broken = [str(link) for case in cases for link in timeline.broken_links(case)]
        for check in (verifying.snapshots, verifying.decisions, verifying.envelopes):
            broken += check(None)
        for event in Event.objects.filter(case__in=cases, action__startswith="application.").exclude(
            to_state=""
        ):
            row = APPLICATION.by_name[event.action.removeprefix("application.")]
            if event.from_state not in row.sources:
                broken.append(f"{event.action} from {event.from_state}")
        return broken


# --- What can be done ------------------------------------------------------------------------------------


def transition(name: str, *roles: str) -> Callable[[World, Application, Any], None]:
    """A transition of the application's own table, with data drawn for every key that any of them reads."""

    def act(world: World, application: Application, data) -> None:
        by = None if not roles else world.who(data, *roles)
        if not roles and data.draw(st.integers(0, 9)) == 0:
            by = world.who(data)
        stale = data.draw(st.integers(0, 9)) == 0
        given = {
            "reason": data.draw(WORDS),
            "declared": data.draw(st.sampled_from([True, True, False])),
            "resolution": data.draw(NUMBERS),
            "file_number": data.draw(st.sampled_from(["", "EX-1"])),
            "amounts": amounts(application, data.draw(AMOUNTS)),
            "rules": data.draw(st.lists(st.sampled_from(RULES), max_size=2)),
            "notes": data.draw(
                st.sampled_from([{}, {"plan": ""}, {"budget": "Say more."}, {"nowhere": "So."}])
            ),
        }
        if data.draw(st.booleans()):
            given["answer_by"] = (world.now + data.draw(st.integers(-1, 20)) * DAY).date()
        APPLICATION.apply(
            application,
            name,
            by=by,
            now=world.now,
            version=application.version - stale,
            data=given,
        )

    return act


def sign_off(world: World, application: Application, data) -> None:
    said = data.draw(WORDS)
    judging.sign_eligibility(
        by=world.who(data, "officer"), application=application, note="", version=application.version, now=world.now,
        judgements=dict.fromkeys(["area_and_chain", "group_age", "documents", "firms_confirmed"], said),
    )  # fmt: skip


def assign(world: World, application: Application, data) -> None:
    judging.assign_reviewer(
        by=world.who(data, "officer"),
        application=application,
        reviewer=world.who(data, "reviewer"),
        now=world.now,
    )


def review_act(world: World, application: Application, data) -> None:
    """Anything that happens to one of its reviews, by its reviewer or an officer, or by anybody."""
    reviews = list(application.reviews.order_by("pk"))
    if not reviews:
        return
    review = data.draw(st.sampled_from(reviews))
    name = data.draw(
        st.sampled_from(["save", "save", "send", "send", "keep", "reassign_to", *REVIEW.by_name])
    )
    by = review.reviewer if data.draw(st.integers(0, 9)) < 7 else world.who(data)
    if name in ("keep", "reassign_to", "reassign", "void"):
        by = world.who(data, "officer")
    if name == "keep":
        judging.keep_review(by=by, review=review, version=review.version, now=world.now)
    elif name == "reassign_to":
        judging.reassign_review(
            by=by, review=review, reviewer=world.who(data, "reviewer"), reason=data.draw(WORDS), version=None,
            now=world.now,
        )  # fmt: skip
    elif name == "save":
        scores = st.sampled_from([None, -1, 0, 8, 8, 8, 9, 10, 11])
        judging.save_review(
            by=by, review=review, comment=data.draw(WORDS), version=review.version, now=world.now,
            advice=data.draw(st.sampled_from(["", "approve", "reject", "perhaps"])),
            scores={row.pk: (data.draw(scores), data.draw(WORDS)) for row in world.call.criteria.all()},
        )  # fmt: skip
    else:
        given = {
            "reason": data.draw(WORDS),
            "no_interest": data.draw(st.sampled_from([True, True, False, None])),
        }
        REVIEW.apply(review, name, by=by, now=world.now, version=review.version, data=given)


@transaction.atomic
def write_whole_review(world: World, application: Application, data) -> None:
    """A whole review, as most of them are: so that walks come as far as to decisions."""
    review = application.reviews.unfinished().order_by("pk").first()
    if review is None:
        return
    if review.status == Review.Status.ASSIGNED:
        review = REVIEW.apply(
            review, "declare_interest", by=review.reviewer, now=world.now, data={"no_interest": True}
        )
    review = judging.save_review(
        by=review.reviewer, review=review, comment="Good.", advice="approve", version=None, now=world.now,
        scores={row.pk: (data.draw(st.integers(3, 10)), "Yes.") for row in world.call.criteria.all()},
    )  # fmt: skip
    REVIEW.apply(review, "send", by=review.reviewer, now=world.now)


def write(world: World, application: Application, data) -> None:
    by = world.who(data, "representative", "officer")
    if data.draw(st.booleans()):
        thread.write(by=by, application=application, text=data.draw(WORDS), now=world.now)
    else:
        thread.deal_with(by=by, application=application, now=world.now)


def put_in_charge(world: World, application: Application, data) -> None:
    charge.put_in_charge(
        by=world.who(data, "officer"),
        application=application,
        officer=world.who(data, "officer"),
        now=world.now,
    )


def more_time(world: World, application: Application, data) -> None:
    judging.extend_answer(
        by=world.who(data, "officer"), application=application, reason=data.draw(WORDS), version=None, now=world.now,
        answer_by=(world.now + data.draw(st.integers(-1, 40)) * DAY).date(),
    )  # fmt: skip


def ask_more(world: World, application: Application, data) -> None:
    """Rewrite an amount while the budget is open: also after closing, when the sum may not rise."""
    by = world.who(data, "representative")
    share = data.draw(st.sampled_from(["100000.00", "2500000.00", "2600000.00"]))
    with actions.editing(
        application, by=by, section="budget", version=application.version, now=world.now
    ) as fresh:
        line = BudgetLine.objects.filter(application=fresh).order_by("order").first()
        if line is not None:
            line.programme_share = Decimal(share)
            line.save()


def begin_again(world: World, application: Application, data) -> None:
    actions.start(
        by=world.who(data, "representative"), group=application.group, call=world.call, now=world.now
    )


def join(world: World, application: Application, data) -> None:
    """Somebody of the programme gets a place in the group: from then on their staff roles are void there."""
    person = data.draw(st.sampled_from([*world.right["reviewer"], *world.right["officer"][1:]]))
    if data.draw(st.integers(0, 4)) == 0 and not application.group.people.filter(user=person).exists():
        give_place(application.group, person, Role.MEMBER)


def wind_up(world: World, application: Application, data) -> None:
    if data.draw(st.integers(0, 3)) == 0:
        CALL.apply(Call.objects.get(pk=world.call.pk), "wind_up", by=world.who(data, "admin"), now=world.now)


WHO = {
    "submit": "representative", "withdraw": "representative", "ask_reconsideration": "representative",
    "renounce": "representative", "request_changes": "officer", "declare_ineligible": "officer",
    "start_review": "officer", "recommend": "officer", "send_back": "approver", "approve": "approver",
    "reject": "approver", "put_on_reserve": "approver", "grant_reconsideration": "approver",
    "deny_reconsideration": "approver", "annul": "approver",
}  # fmt: skip
ACTS: dict[str, Callable[[World, Application, Any], None]] = {
    name: transition(name, *([WHO[name]] if name in WHO else [])) for name in APPLICATION.by_name
} | {
    "sign_off": sign_off,
    "assign": assign,
    "review_act": review_act,
    "write_whole_review": write_whole_review,
    "message": write,
    "put_in_charge": put_in_charge,
    "more_time": more_time,
    "ask_more": ask_more,
    "begin_again": begin_again,
    "join": join,
    "wind_up": wind_up,
}
OTHERS = [name for name in ACTS if name not in APPLICATION.by_name]


def make_world() -> World:
    """Drafts, one in review and two recommended, of three million each, in an envelope of five."""
    call = make_call(envelope=ENVELOPE, max_per_project=Decimal("4000000.00"))
    groups = [make_group() for _number in range(5)]
    states = ["draft", "submitted", "in_review", "recommended", "recommended"]
    applications = [
        application_at(state, group=group, call=call) for state, group in zip(states, groups, strict=True)
    ]
    right = {
        "officer": [OFFICE.officer, staff_member("officer2", Role.OFFICER)],
        "approver": [OFFICE.approver, staff_member("approver2", Role.APPROVER)],
        "reviewer": [*OFFICE.reviewers, staff_member("reviewer3", Role.REVIEWER)],
        "representative": [group.representative for group in groups],
        "admin": [OFFICE.admin],
    }
    # One who prepares and decides: separation of duties has to hold for them.
    both = staff_member("both", Role.OFFICER)
    staff_member("both", Role.APPROVER)
    right["officer"].append(both)
    right["approver"].append(both)
    people = [person for several in right.values() for person in several]
    people.append(staff_member("finance", Role.FINANCE))
    world = World(call, applications, people, right)
    assert world.wrong() == []
    return world
