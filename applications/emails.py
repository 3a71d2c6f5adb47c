"""One function per message of calls, applications and reviews (PROGRAMME 5). Each writes rows of the outbox into the
transaction of what it tells; the key makes it once. Templates: templates/emails/<name>.*.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import lazy

from accounts.models import User
from accounts.roles import Role
from applications import authority, returning
from applications.models import Application, Call, Consensus, Decision, ReturnForChanges, Review, Submission
from applications.sections import BY_CODE
from core import dates, outbox
from core.models import Event
from core.money import format_money
from core.templatetags.lsp import percent


def _send(
    template: str,
    obj: Application | Review,
    people: Iterable[User],
    *,
    now: datetime,
    url: str,
    **context: Any,
) -> None:
    """Queue a message to each person, once for this version of the object. The context holds what the templates say
    besides the case; `url` is where to act."""
    for person in people:
        outbox.queue(
            key=f"{template}.{obj.pk}.{obj.version}.{person.pk}",
            to=person,
            template=template,
            now=now,
            case=obj.case,
            context={**context, "url": url},
        )


def _representative(application: Application) -> list[User]:
    """The group's representative; nobody while it has none."""
    person = application.group.representative
    return [person] if person else []


def _of_the_group(application: Application, *roles: Role) -> list[User]:
    """Everybody who has a place in the group, or only those with one of these roles."""
    places = application.group.people.filter(until=None, user__is_active=True).select_related("user")
    if roles:
        places = places.filter(role__in=roles)
    return [place.user for place in places.order_by("pk")]


def _staff(role: Role, now: datetime) -> Iterable[User]:
    return User.objects.with_role(role, now).order_by("pk")


def _page(application: Application) -> str:
    return reverse("application_detail", args=[application.pk])


def _day(moment: datetime) -> str:
    return f"{dates.day_of(moment):%d/%m/%Y}"


# --- To the group ------------------------------------------------------------------------------------


def submitted(application: Application, submission: Submission, *, now: datetime) -> None:
    """The acknowledgement to everyone in the group, and the news to officers."""
    facts = {
        "number": submission.number,
        "amount": format_money(submission.amount),
        "hash": submission.sha256,
        "at": f"{submission.submitted_at.astimezone(dates.BUENOS_AIRES):%d/%m/%Y, %H:%M:%S}",
    }
    receipt = reverse("application_receipt", args=[application.pk])
    _send("application_submitted", application, _of_the_group(application), now=now, url=receipt, **facts)
    # The officer who returned it, if one did, else all of them: they share the queue.
    last = application.returns.order_by("-asked_at", "-pk").first()
    officers = [last.asked_by] if last and last.asked_by.is_active else _staff(Role.OFFICER, now)
    _send(
        "application_received",
        application,
        officers,
        now=now,
        url=_page(application),
        group=str(application.group),
        again=submission.number > 1,
        **facts,
    )


def lapsed(application: Application, *, now: datetime) -> None:
    _send(
        "application_lapsed",
        application,
        _representative(application),
        now=now,
        url=_page(application),
        call=application.call.code,
    )


def expired(application: Application, *, now: datetime) -> None:
    _send("application_expired", application, _representative(application), now=now, url=_page(application))


def returned(application: Application, said: ReturnForChanges, *, now: datetime) -> None:
    """What to change, by section and within it, and until when: to those of the group who write."""
    assert application.answer_by is not None
    places = returning.places_of(application)
    notes = []
    for code in returning.sections_named(said):
        lines = [said.notes.get(code, "")]
        lines += [f"{label}: {note}" for label, note in returning.told(said, code, places)]
        notes.append({"section": BY_CODE[code].label, "text": "\n".join(line for line in lines if line)})
    _send(
        "application_returned",
        application,
        _of_the_group(application, Role.REPRESENTATIVE, Role.MEMBER),
        now=now,
        url=_page(application),
        answer_by=_day(application.answer_by),
        notes=notes,
    )


def answer_extended(application: Application, *, now: datetime) -> None:
    assert application.answer_by is not None
    _send(
        "application_extended",
        application,
        _representative(application),
        now=now,
        url=_page(application),
        answer_by=_day(application.answer_by),
    )


def ineligible(application: Application, decision: Decision, *, now: datetime) -> None:
    until = _reconsider(application)
    _decided("decision_ineligible", application, decision, now=now, grounds=decision.grounds, **until)


def approved(application: Application, decision: Decision, *, now: datetime) -> None:
    _decided(
        "decision_approved",
        application,
        decision,
        now=now,
        amount=format_money(decision.amount),
        resolution=decision.resolution,
        conditions=decision.conditions,
    )


def rejected(application: Application, decision: Decision, *, now: datetime) -> None:
    until = _reconsider(application)
    _decided("decision_rejected", application, decision, now=now, grounds=decision.grounds, **until)


def on_reserve(application: Application, *, now: datetime) -> None:
    _decided("decision_reserve", application, None, now=now)


def reserve_ended(application: Application, *, now: datetime) -> None:
    _decided("decision_reserve_ended", application, None, now=now, **_reconsider(application))


def reconsidered(application: Application, *, now: datetime) -> None:
    """Reconsideration was granted."""
    _decided("decision_reconsidered", application, None, now=now)


def confirmed(application: Application, decision: Decision, *, now: datetime) -> None:
    """Reconsideration was denied: the decision stands."""
    _decided("decision_confirmed", application, decision, now=now)


def annulled(application: Application, decision: Decision, *, now: datetime) -> None:
    _decided(
        "decision_annulled",
        application,
        decision,
        now=now,
        resolution=decision.resolution,
        grounds=decision.grounds,
    )


def _decided(
    template: str, application: Application, decision: Decision | None, *, now: datetime, **context: Any
) -> None:
    """To the representative, with the link to the decision, or to the case where there is none to read."""
    url = reverse("decision_detail", args=[decision.pk]) if decision else _page(application)
    _send(template, application, _representative(application), now=now, url=url, **context)


def _reconsider(application: Application) -> dict[str, str]:
    """Until when reconsideration can be asked for; empty when it was already."""
    until = application.reconsider_by
    if application.reconsidered_from or until is None:
        return {"reconsider_by": ""}
    return {"reconsider_by": _day(until)}


def call_extended(call: Call, *, reason: str, now: datetime) -> None:
    """To every group with a draft, with the reason (PROGRAMME 4)."""
    drafts = call.applications.real().filter(status=Application.Status.DRAFT).select_related("case", "group")
    closes = f"{call.closes_at.astimezone(dates.BUENOS_AIRES):%d/%m/%Y, %H:%M}" if call.closes_at else ""
    for application in drafts:
        for person in _representative(application):
            outbox.queue(
                key=f"call_extended.{call.pk}.{call.version}.{application.pk}",
                to=person,
                template="call_extended",
                now=now,
                case=application.case,
                context={
                    "call": call.code,
                    "title": lazy(lambda: call.title, str)(),
                    "closes": closes,
                    "reason": reason,
                    "url": _page(application),
                },
            )


# --- To staff ----------------------------------------------------------------------------------------


def withdrawn(application: Application, *, now: datetime) -> None:
    """To officers; whoever was still to review it hears apart (effects.close_reviews)."""
    _send(
        "application_withdrawn",
        application,
        _staff(Role.OFFICER, now),
        now=now,
        url=_page(application),
        group=str(application.group),
    )


def decision_waits(application: Application, *, now: datetime) -> None:
    assert application.staff_due_on is not None
    _send(
        "decision_waits",
        application,
        _staff(Role.APPROVER, now),
        now=now,
        url=reverse("decide", args=[application.pk]),
        group=str(application.group),
        due=f"{application.staff_due_on:%d/%m/%Y}",
    )


def reserve_called(application: Application, *, freed: Decimal, amount: Decimal, now: datetime) -> None:
    """To the approvers: money was freed, and reaches this one of the reserve list."""
    assert application.staff_due_on is not None
    _send(
        "reserve_called",
        application,
        _staff(Role.APPROVER, now),
        now=now,
        url=reverse("decide", args=[application.pk]),
        group=str(application.group),
        freed=format_money(freed),
        amount=format_money(amount),
        due=f"{application.staff_due_on:%d/%m/%Y}",
    )


def sent_back(application: Application, reason: str, *, now: datetime) -> None:
    last = application.recommendations.first()
    people = [last.recommended_by] if last else _staff(Role.OFFICER, now)
    _send("recommendation_returned", application, people, now=now, url=_page(application), reason=reason)


def reconsideration_asked(application: Application, *, now: datetime) -> None:
    _send(
        "reconsideration_asked",
        application,
        User.objects.filter(pk__in=authority.of(application, now)).order_by("pk"),
        now=now,
        url=_page(application),
        group=str(application.group),
    )


def renounced(application: Application, *, now: datetime) -> None:
    """To officers and approvers: money is free again, and the reserve may move up."""
    waiting = application.call.applications.filter(status=Application.Status.RESERVE).count()
    people = {user.pk: user for role in (Role.OFFICER, Role.APPROVER) for user in _staff(role, now)}
    _send(
        "application_renounced",
        application,
        people.values(),
        now=now,
        url=_page(application),
        group=str(application.group),
        reserve=waiting,
    )


# --- Around the case: none of it makes a new version, so each has a key of its own ---------------------


def put_in_charge(application: Application, officer: User, *, now: datetime) -> None:
    """To an officer whom somebody else put in charge."""
    outbox.queue(
        key=f"put_in_charge.{application.pk}.{officer.pk}.{now:%Y%m%d%H%M%S%f}",
        to=officer,
        template="put_in_charge",
        now=now,
        case=application.case,
        context={"url": _page(application)},
    )


def message(application: Application, event: Event, *, from_group: bool, now: datetime) -> None:
    """To the other side: to the people who write for the group, or to the officer in charge and else to every officer.
    The message itself is read on the site."""
    people: Iterable[User]
    if not from_group:
        people = _of_the_group(application, Role.REPRESENTATIVE, Role.MEMBER)
    elif application.officer is not None:
        people = [application.officer]
    else:
        people = _staff(Role.OFFICER, now)
    for person in people:
        outbox.queue(
            key=f"message.{event.pk}.{person.pk}",
            to=person,
            template="message_of_group" if from_group else "message_of_office",
            now=now,
            case=application.case,
            context={"url": reverse("application_messages", args=[application.pk])},
        )


def mentioned(application: Application, event: Event, people: Iterable[User], *, now: datetime) -> None:
    """To the colleagues whom a note mentions. The note itself is read on the site."""
    for person in people:
        outbox.queue(
            key=f"mentioned.{event.pk}.{person.pk}",
            to=person,
            template="mentioned",
            now=now,
            case=application.case,
            context={"url": _page(application) + "#history"},
        )


# --- To reviewers ------------------------------------------------------------------------------------


def review_assigned(review: Review, *, now: datetime) -> None:
    _send(
        "review_assigned",
        review,
        [review.reviewer],
        now=now,
        url=reverse("review_detail", args=[review.pk]),
        due=f"{review.due_on:%d/%m/%Y}",
    )


def review_not_needed(review: Review, *, now: datetime) -> None:
    _send("review_not_needed", review, [review.reviewer], now=now, url=reverse("review_list"))


def review_declined(review: Review, *, now: datetime) -> None:
    """To the officer in charge, else the one who assigned it: somebody else has to review."""
    _send(
        "review_declined",
        review,
        [review.application.officer or review.assigned_by],
        now=now,
        url=reverse("reviews_assign", args=[review.application_id]),
        reviewer=str(review.reviewer),
    )


def consensus_recorded(
    consensus: Consensus, application: Application, reviews: Iterable[Review], *, now: datetime
) -> None:
    """To the reviewers who took part, each to their own review, where they read what was recorded."""
    for review in reviews:
        outbox.queue(
            key=f"consensus_recorded.{consensus.pk}.{review.reviewer_id}",
            to=review.reviewer,
            template="consensus_recorded",
            now=now,
            case=application.case,
            context={
                "url": reverse("review_detail", args=[review.pk]),
                "held_on": f"{consensus.held_on:%d/%m/%Y}",
                "total": percent(consensus.total),
            },
        )


def reviewer_tied(review: Review, *, tie: int, ended: bool, now: datetime) -> None:
    """To the officer in charge, else to every officer: a reviewer declared a tie to the case, or ended it."""
    application = review.application
    people = [application.officer] if application.officer else _staff(Role.OFFICER, now)
    for person in people:
        if person.pk == review.reviewer_id:
            continue
        outbox.queue(
            key=f"reviewer_tied.{tie}.{ended}.{review.pk}.{person.pk}",
            to=person,
            template="reviewer_tied",
            now=now,
            case=review.case,
            context={
                "reviewer": str(review.reviewer),
                "ended": ended,
                "url": reverse("reviews_assign", args=[application.pk]),
            },
        )


def review_sent(review: Review, *, now: datetime) -> None:
    """To the officer who assigned it."""
    _send(
        "review_sent",
        review,
        [review.assigned_by],
        now=now,
        url=_page(review.application),
        reviewer=str(review.reviewer),
    )
