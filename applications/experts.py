"""What an expert says of themselves: what they know, how much they take on, and their ties to firms and groups
(PROGRAMME 3). Each act stands on the timeline of the system; a tie that touches a review that they were given stands on
that case too, and its officer hears of it.

Who types a number or a name learns nothing by it: a firm or a group is named only once the tie to it is on record.
"""

import datetime as dt
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.functions import Trim
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from accounts.roles import Role
from applications import emails
from applications.locking import same_version
from applications.models import DeclaredRelation, Review, ReviewerProfile
from applications.search import plain
from core import timeline
from core.workflow import TransitionRefused
from groups.models import Firm, Group, Sector

# States in which it still matters who reviews.
UNDECIDED = ("submitted", "changes_requested", "in_review", "recommended")


# --- The profile -----------------------------------------------------------------------------------------


def profile_of(person: User) -> ReviewerProfile:
    """What somebody said of themselves; before they said anything, an empty one that is not stored."""
    return ReviewerProfile.objects.filter(user=person).first() or ReviewerProfile(user=person)


@transaction.atomic
def save_profile(
    *,
    by: User,
    person: User,
    sectors: Collection[Sector],
    provinces: Collection[str],
    most_open: int,
    note: str,
    version: int | None,
    now: dt.datetime,
) -> ReviewerProfile:
    """Keep a profile: one's own, or that of an expert whom the officer knows.

    Raises NotAllowed, StaleObject when somebody else was quicker, or TransitionRefused for who is no reviewer.
    """
    require(by, Action.KEEP_OWN_PROFILE if by.pk == person.pk else Action.EDIT_REVIEWER)
    if Role.REVIEWER not in person.staff_roles(now):
        raise TransitionRefused(_("%(name)s is not a reviewer.") % {"name": person})
    # The first save has no row to lock: all of them queue up here.
    system = timeline.locked_system_case(now)
    profile = profile_of(person)
    same_version(version, profile.version)
    before = _said(profile)
    profile.provinces, profile.most_open, profile.note = sorted(provinces), most_open, note.strip()
    profile.version += 1
    profile.save()
    profile.sectors.set(sectors)
    changed = sorted(name for name, value in _said(profile).items() if before[name] != value)
    if changed:
        timeline.record(
            system, "reviewer.profile_edited", by=by, now=now, obj=profile, person=person.pk, fields=changed
        )
    return profile


def _said(profile: ReviewerProfile) -> dict[str, object]:
    """The parts of a profile, to tell which of them changed."""
    sectors = set(profile.sectors.values_list("pk", flat=True)) if profile.pk else set()
    parts = ("provinces", "most_open", "note")
    return {"sectors": sectors, **{name: getattr(profile, name) for name in parts}}


# --- Ties ------------------------------------------------------------------------------------------------


def firm_of(cuit: str) -> Firm | None:
    """The firm of a valid CUIT, if it is registered. That it is, is all that a number tells (groups.actions.members)."""
    return Firm.objects.filter(cuit=cuit).first()


def groups_called(words: str, *, by: User) -> list[Group]:
    """The groups that these words name: by a whole name, however its accents and capitals are typed, or by the reference
    of an application that this person was given to review.

    Nothing is listed and no part of a name finds anything. References of other cases tell nothing either: they go in order
    of arrival, and whoever counted them up would learn who applies.
    """
    groups = Group.objects.filter(is_test=False)
    own = Review.objects.of(by).filter(application__case__reference__iexact=words.strip())
    if found := list(groups.filter(pk__in=own.values("application__group"))):
        return found
    name = plain(words).strip()
    if not name:
        return []
    called = Trim(Func(F("name"), function="applications_plain", output_field=TextField()))
    return list(groups.annotate(plain=called).filter(plain=name).order_by("pk")[:2])


@transaction.atomic
def declare_tie(
    *, by: User, kind: str, firm: Firm | None = None, group: Group | None = None, now: dt.datetime
) -> tuple[DeclaredRelation, int]:
    """Declare a tie of one's own, to a firm or to a group; answers it, and how many reviews in hand it touches.

    Raises NotAllowed, or TransitionRefused for a tie that stands already.
    """
    require(by, Action.KEEP_OWN_PROFILE)
    if kind not in DeclaredRelation.Kind.values:
        raise TransitionRefused(_("Say which tie it is."))
    system = timeline.locked_system_case(now)
    try:
        with transaction.atomic():
            tie = DeclaredRelation.objects.create(user=by, kind=kind, firm=firm, group=group, declared_at=now)
    except IntegrityError as error:
        if "relation_to_firm_once" not in str(error) and "relation_to_group_once" not in str(error):
            raise
        raise TransitionRefused(_("You declared this tie already.")) from error
    timeline.record(system, "reviewer.tie_declared", by=by, now=now, obj=tie, kind=kind)
    return tie, _told(tie, "application.reviewer_tied", by=by, now=now)


@transaction.atomic
def end_tie(*, by: User, tie: DeclaredRelation, now: dt.datetime) -> tuple[DeclaredRelation, int]:
    """Say that a tie of one's own is no more, or was declared by mistake. It stays on record with its days; the officer of
    a review that it touched hears of this too, so that nothing counts again without a word.

    Raises NotAllowed, or TransitionRefused for one that ended already.
    """
    require(by, Action.KEEP_OWN_PROFILE)
    system = timeline.locked_system_case(now)
    fresh = DeclaredRelation.objects.select_for_update().get(pk=tie.pk, user=by)
    if fresh.ended_at:
        raise TransitionRefused(_("This tie ended already."))
    fresh.ended_at = now
    fresh.save(update_fields=["ended_at"])
    timeline.record(system, "reviewer.tie_ended", by=by, now=now, obj=fresh, kind=fresh.kind)
    return fresh, _told(fresh, "application.reviewer_tie_ended", by=by, now=now)


def touched(tie: DeclaredRelation) -> QuerySet[Review]:
    """The reviews of a person, in hand or sent, that a tie of theirs touches while nothing is decided."""
    where = (
        Q(application__group=tie.group_id)
        if tie.group_id
        else Q(
            application__group__memberships__firm=tie.firm_id,
            application__group__memberships__left_on=None,
        )
    )
    live = Review.objects.live().filter(where, reviewer=tie.user_id, application__status__in=UNDECIDED)
    people = ("application__case", "application__officer", "reviewer")
    return live.select_related(*people).order_by("application__case_id", "pk")


def _told(tie: DeclaredRelation, action: str, *, by: User, now: dt.datetime) -> int:
    """Write a tie on the cases that it touches, in the order of their locks, and tell their officers; answers how many."""
    reviews = list(touched(tie))
    for review in reviews:
        timeline.record(review.case, action, by=by, now=now, obj=review, tie=tie.pk, kind=tie.kind)
        emails.reviewer_tied(review, tie=tie.pk, ended=tie.ended_at is not None, now=now)
    return len(reviews)
