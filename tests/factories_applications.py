"""Calls and applications for tests. `application_at(status)` gets there through the real transitions, as the people of
the tests would: nothing is written past the rules.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import actions as accounts_actions
from accounts.models import User
from accounts.roles import Role
from applications import actions, answering, attachments, judging
from applications.models import (
    Activity,
    Application,
    BudgetLine,
    BudgetQuote,
    Call,
    CallTranche,
    Criterion,
    DocumentRequirement,
    Line,
    Question,
    Review,
)
from applications.questions import of_section
from applications.workflow import APPLICATION, CALL, REVIEW
from core import dates, documents, timeline
from core.models import Case
from tests.cast import give_role, make_person
from tests.clock import LONG_BEFORE, NOON
from tests.factories_groups import make_group
from tests.standing import may_stand

DAY = dt.timedelta(days=1)
# A whole PDF, as small as one can be.
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n"
    b"0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"
)


def a_pdf(name: str = "minutes.pdf") -> SimpleUploadedFile:
    """An upload that is what its name says."""
    return SimpleUploadedFile(name, PDF, "application/pdf")


# --- Staff -------------------------------------------------------------------------------------------


def staff_member(name: str, role: Role) -> User:
    """Somebody of the programme's staff, `name@lsp.example`; the same person when asked again."""
    found = User.objects.filter(email=f"{name}@lsp.example").first()
    if found is None:
        found = make_person(name)
    if role not in found.staff_roles(NOON):
        admin, second = _admins()
        give_role(found, role, by=admin, second=second)
    return found


def _admins() -> tuple[User, User]:
    admin = User.objects.filter(email="admin@lsp.example").first()
    if admin is None:
        admin = make_person("admin", "Ada Admin")
    if not admin.staff_roles(NOON):
        accounts_actions.grant_first_admin(user=admin, now=LONG_BEFORE)
        admin.forget_roles()
    second = User.objects.filter(email="admin2@lsp.example").first()
    if second is None:
        second = make_person("admin2", "Berta Admin")
    if not second.staff_roles(NOON):
        give_role(second, Role.ADMIN, by=admin)
    return admin, second


@dataclass
class Office:
    """The programme's people, made when first asked for."""

    @property
    def admin(self) -> User:
        return _admins()[0]

    @property
    def officer(self) -> User:
        return staff_member("officer", Role.OFFICER)

    @property
    def approver(self) -> User:
        return staff_member("approver", Role.APPROVER)

    @property
    def reviewers(self) -> list[User]:
        return [staff_member("reviewer1", Role.REVIEWER), staff_member("reviewer2", Role.REVIEWER)]


OFFICE = Office()


# --- Calls -------------------------------------------------------------------------------------------


def make_call(
    line: str = Line.GRANT,
    *,
    code: str = "",
    published: bool = True,
    opens_at: dt.datetime = NOON - 20 * DAY,
    closes_at: dt.datetime | None = NOON + 20 * DAY,
    **fields: Any,
) -> Call:
    """A call with two criteria, one required and one optional document and two tranches, open around NOON.

    The grant pays 70 % and at most 10 million; a partnership also the coordinator's salary, whole.
    """
    code = code or f"C-{Call.objects.count() + 1}"
    categories = ["fixed_investment", "innovation", "soft_technology"]
    if line == Line.PARTNERSHIP:
        categories.append("coordination")
        fields.setdefault("salary_per_month", Decimal("300000.00"))
    if line == Line.JOINT_INVESTMENT:
        fields.setdefault("needs_prior_support", True)
    fields.setdefault("categories", categories)
    fields.setdefault("envelope", Decimal("50000000.00"))
    fields.setdefault("max_per_project", Decimal("10000000.00"))
    fields.setdefault("max_share", Decimal("70.00"))
    fields.setdefault("intake", Call.Intake.ARRIVAL if closes_at is None else Call.Intake.CLOSING)
    case = timeline.open_case(Case.Kind.CALL, code, now=LONG_BEFORE, reference=code)
    call = Call.objects.create(
        case=case,
        code=code,
        line=line,
        title_en=f"Call {code}",
        title_es=f"Convocatoria {code}",
        text_en="For groups of firms.",
        text_es="Para grupos de empresas.",
        opens_at=opens_at,
        closes_at=closes_at,
        **fields,
    )
    Criterion.objects.bulk_create(
        [
            Criterion(call=call, order=1, name_en="Learning", name_es="Aprendizaje", weight=60),
            Criterion(call=call, order=2, name_en="Plan", name_es="Plan", weight=40),
        ]
    )
    DocumentRequirement.objects.bulk_create(
        [
            DocumentRequirement(call=call, order=1, code="minutes", name_en="Minutes", name_es="Acta"),
            DocumentRequirement(
                call=call, order=2, code="quotes", name_en="Quotes", name_es="Presupuestos", required=False
            ),
        ]
    )
    CallTranche.objects.bulk_create(
        [
            CallTranche(call=call, number=1, percent=40, after_report=0),
            CallTranche(call=call, number=2, percent=60, after_report=1),
        ]
    )
    if published:
        before = opens_at - DAY
        call = CALL.apply(call, "publish", by=OFFICE.admin, now=before)
    return call


# --- Applications ------------------------------------------------------------------------------------


@dataclass
class Plan:
    """What `fill` writes: two activities and two costs; 3 million asked of 5 million."""

    title: str = "A shared drying kiln"
    lines: list[tuple[str, str, str, str, int | None]] = field(
        default_factory=lambda: [
            ("fixed_investment", "Drying kiln", "4000000.00", "2500000.00", 0),
            ("soft_technology", "Certification", "1000000.00", "500000.00", 1),
        ]
    )


def draft(
    *, group=None, call: Call | None = None, by: User | None = None, now: dt.datetime = NOON
) -> Application:
    """An empty draft of a group of five SMEs, begun by its representative."""
    group = group or make_group()
    return actions.start(by=by or group.representative, group=group, call=call or make_call(), now=now)


def fill(
    application: Application, *, by: User | None = None, now: dt.datetime = NOON, plan: Plan | None = None
) -> Application:
    """Write every section, so that no rule fails, through `actions.editing` as the pages do."""
    by, plan = by or application.group.representative, plan or Plan()

    def editing(section: str):
        return actions.editing(application, by=by, section=section, version=application.version, now=now)

    with editing("project") as fresh:
        fresh.title = plan.title
        fresh.diagnosis = "We dry wood in the open, and lose a third of it."
        fresh.objectives = "To dry together, and to sell certified furniture."
        fresh.learning = "How to measure humidity, and to plan as one."
        if fresh.call.needs_prior_support:
            fresh.prior_support = "Technical support of the province in 2024."
    with editing("plan") as fresh:
        activities = Activity.objects.bulk_create(
            [
                Activity(
                    application=fresh,
                    order=1,
                    name="Buy and install the kiln",
                    first_month=1,
                    last_month=4,
                    responsible="Carpintería 1 SRL",
                    deliverable="A kiln that works",
                ),
                Activity(
                    application=fresh,
                    order=2,
                    name="Certify the furniture",
                    first_month=3,
                    last_month=12,
                    responsible="Carpintería 2 SRL",
                    deliverable="A certificate",
                ),
            ]
        )
    with editing("budget") as fresh:
        for order, (category, description, cost, share, activity) in enumerate(plan.lines, 1):
            BudgetLine.objects.create(
                application=fresh,
                order=order,
                category=category,
                description=description,
                quantity=1,
                unit_cost=Decimal(cost),
                programme_share=Decimal(share),
                activity=None if activity is None else activities[activity],
            )
    for requirement in application.call.requirements.filter(required=True):
        attachments.attach(
            by=by, application=application, requirement=requirement, uploads=[a_pdf()], now=now
        )
    answer(application, by=by, now=now)
    return Application.objects.get(pk=application.pk)


def make_questions(call: Call, *kinds: str, **fields: Any) -> list[Question]:
    """Questions of a call, one of each kind (all of them without any), after those that are there: required, and always
    asked unless `fields` say otherwise."""
    first = call.questions.count() + 1
    options = [{"code": "a", "en": "Apples", "es": "Manzanas"}, {"code": "b", "en": "Beans", "es": "Porotos"}]
    made = []
    for order, kind in enumerate(kinds or Question.Kind.values, first):
        own = {"options": options} if kind in ("choice", "choices") else {}
        words = {"text_en": f"Question of {kind}?", "text_es": f"¿Pregunta {kind}?"}
        made.append(Question.objects.create(call=call, order=order, kind=kind, **{**words, **own, **fields}))
    return made


ANSWERS = {
    "text": "In the shed",
    "long_text": "All of us\ntogether",
    "number": "1234.50",
    "date": "2026-11-24",
    "choice": "a",
    "choices": "a,b",
    "yes_no": "yes",
    "declaration": "yes",
}


def answer(application: Application, *, by: User, now: dt.datetime = NOON) -> None:
    """Answer every question that the call asks, and accept its declarations."""
    questions = list(application.call.questions.all())
    for section in ("questions", "declarations"):
        mine = of_section(questions, section)
        if mine:
            answering.save(
                by=by,
                application=application,
                section=section,
                texts={each.pk: ANSWERS[each.kind] for each in mine if each.kind != "file"},
                files={each.pk: a_pdf("answer.pdf") for each in mine if each.kind == "file"},
                was={},
                version=application.version,
                now=now,
            )


def make_quote(
    application: Application, supplier: str = "Hornos SA", amount: int = 3900000, **fields: Any
) -> BudgetQuote:
    """A quote for the first cost of an application, valid for ever unless `valid_until` says otherwise."""
    line = application.lines.first()
    assert line is not None
    by = application.group.representative
    document = documents.store(
        case=application.case,
        kind="application",
        owner_id=application.pk,
        upload=a_pdf("quote.pdf"),
        by=by,
        now=NOON,
    )
    return BudgetQuote.objects.create(
        application=application, line=line, supplier=supplier, amount=amount, document=document, **fields
    )


def submit(application: Application, *, now: dt.datetime = NOON, by: User | None = None) -> Application:
    """Submit, as the representative."""
    return APPLICATION.apply(
        application, "submit", by=by or application.group.representative, now=now, data={"declared": True}
    )


def sign(application: Application, *, now: dt.datetime = NOON) -> None:
    """Sign eligibility off, with a judgement on every rule."""
    from applications.eligibility import RULES

    judging.sign_eligibility(
        by=OFFICE.officer,
        application=application,
        judgements={rule.code: "I looked at it: it may stand." for rule in RULES},
        note="",
        version=None,
        now=now,
    )


def assign(
    application: Application, *, now: dt.datetime = NOON, reviewers: list[User] | None = None
) -> list[Review]:
    """Assign both reviewers (or these)."""
    return [
        judging.assign_reviewer(by=OFFICE.officer, application=application, reviewer=reviewer, now=now)
        for reviewer in (OFFICE.reviewers if reviewers is None else reviewers)
    ]


def write_review(review: Review, score: int = 8, *, now: dt.datetime = NOON) -> Review:
    """Declare no interest and write a whole review, not sent yet; the same score everywhere (8 makes 80 %)."""
    if review.status == Review.Status.ASSIGNED:
        review = REVIEW.apply(
            review, "declare_interest", by=review.reviewer, now=now, data={"no_interest": True}
        )
    return judging.save_review(
        by=review.reviewer,
        review=review,
        scores={
            criterion.pk: (score, "It convinces.") for criterion in review.application.call.criteria.all()
        },
        comment="A good plan.",
        advice=Review.Advice.APPROVE,
        version=None,
        now=now,
    )


def send_review(review: Review, score: int = 8, *, now: dt.datetime = NOON) -> Review:
    """Write a whole review and send it."""
    return REVIEW.apply(write_review(review, score, now=now), "send", by=review.reviewer, now=now)


def amounts_of(application: Application, part: Decimal | int = 1) -> dict[int, Decimal]:
    """What was asked for each line, or a part of it."""
    return {
        line.pk: (line.programme_share * part).quantize(Decimal("0.01")) for line in application.lines.all()
    }


def approval(application: Application, number: str = "", **data: Any) -> dict[str, Any]:
    """The data of an approval of all that was asked."""
    return {
        "amounts": amounts_of(application),
        "resolution": number or f"RES-2026-{application.pk}",
        "file_number": "EX-2026-1",
        "conditions": "",
        "reason": "It fits the call.",
        **data,
    }


def return_for_changes(
    application: Application, sections: tuple[str, ...] = ("budget",), *, now: dt.datetime = NOON
) -> Application:
    """Return it to its group, with ten days to answer."""
    data = {
        "notes": dict.fromkeys(sections, "Please say more."),
        "answer_by": dates.day_of(now) + 10 * DAY,
    }
    return APPLICATION.apply(application, "request_changes", by=OFFICE.officer, now=now, data=data)


class How(NamedTuple):
    """The wishes for an application; without any it is the usual one."""

    group: Any = None
    call: Call | None = None
    now: dt.datetime = NOON
    plan: Plan | None = None
    score: int = 8
    reviewers: list[User] | None = None


@may_stand
def filled(how: How) -> Application:
    """A draft of which no rule fails."""
    return fill(draft(group=how.group, call=how.call, now=how.now), now=how.now, plan=how.plan)


@may_stand
def submitted(how: How) -> Application:
    return submit(filled(how), now=how.now)


@may_stand
def in_review(how: How) -> Application:
    """Signed off, with its reviewers."""
    application = submitted(how)
    sign(application, now=how.now)
    assign(application, now=how.now, reviewers=how.reviewers)
    return APPLICATION.apply(application, "start_review", by=OFFICE.officer, now=how.now)


@may_stand
def recommended(how: How) -> Application:
    """Reviewed, and recommended whole."""
    application = in_review(how)
    for review in application.reviews.order_by("pk"):
        send_review(review, how.score, now=how.now)
    data = {"amounts": amounts_of(application), "reason": "A good plan."}
    return APPLICATION.apply(application, "recommend", by=OFFICE.officer, now=how.now, data=data)


@may_stand
def approved(how: How) -> Application:
    application = recommended(how)
    return APPLICATION.apply(
        application, "approve", by=OFFICE.approver, now=how.now, data=approval(application)
    )


ON_THE_WAY = {
    "draft": filled,
    "submitted": submitted,
    "in_review": in_review,
    "recommended": recommended,
    "approved": approved,
}


def application_at(
    status: str,
    *,
    group=None,
    call: Call | None = None,
    now: dt.datetime = NOON,
    plan: Plan | None = None,
    score: int = 8,
    reviewers: list[User] | None = None,
) -> Application:
    """An application in any state, reached through the real transitions at `now`.

    `reconsideration` comes from `rejected`. The people are OFFICE and the group's representative.
    """
    how = How(group, call, now, plan, score, reviewers)
    if status in ON_THE_WAY:
        return ON_THE_WAY[status](how)
    if status == "lapsed":
        application = draft(group=group, call=call, now=now)
        assert application.call.closes_at is not None
        return APPLICATION.apply(application, "lapse", by=None, now=application.call.closes_at + DAY)
    return _aside(status, how)


def _aside(status: str, how: How) -> Application:
    """The states that lie beside the way to the approval."""
    came_from = {
        "withdrawn": submitted,
        "changes_requested": submitted,
        "ineligible": submitted,
        "reserve": recommended,
        "rejected": recommended,
        "reconsideration": recommended,
        "renounced": approved,
        "annulled": approved,
    }
    application = came_from[status](how)
    representative = application.group.representative

    def go(name: str, by: User | None, **data: Any) -> Application:
        return APPLICATION.apply(application, name, by=by, now=how.now, data=data)

    if status == "withdrawn":
        return go("withdraw", representative, reason="We apply next year.")
    if status == "changes_requested":
        return return_for_changes(application, now=how.now)
    if status == "ineligible":
        return go(
            "declare_ineligible", OFFICE.officer, rules=["area_and_chain"], reason="They are far apart."
        )
    if status == "reserve":
        return go("put_on_reserve", OFFICE.approver, reason="No money is left.")
    if status == "renounced":
        return go("renounce", representative, reason="Two firms left.")
    if status == "annulled":
        return go("annul", OFFICE.approver, reason="An error of form.", resolution=f"ANN-{application.pk}")
    application = go(
        "reject", OFFICE.approver, reason="Too little is learnt.", resolution=f"REJ-{application.pk}"
    )
    if status == "reconsideration":
        application = go("ask_reconsideration", representative, reason="Here is what we learn.")
    return application
