"""Beginning from a former application of the same group: what is taken over, and what of it does not fit the new call.

Taken over: the texts, the plan, the budget, and answers to questions that the new call asks in the same words. Not the
documents, quotes and declarations: those are handed in and made anew. Nothing is lost silently: `compared` names what
was left behind and what has to be looked at, from both applications as they are, whenever one asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from applications import answering, questions, rows
from applications.actions import editing
from applications.eligibility import Result, check_facts, failing
from applications.facts import Facts
from applications.models import Activity, Application, BudgetLine, BudgetQuote, Question
from core import timeline
from core.cells import plain
from core.money import format_money
from core.workflow import TransitionRefused

COPIED = "application.copied"
# More former applications than anybody looks through.
MOST_FORMER = 50
# Nobody takes over what is only asked for once: a file, a promise.
NOT_COPIED = (Question.Kind.FILE, Question.Kind.DECLARATION)


def former(application: Application, *, by: User) -> list[Application]:
    """The other applications of the same group that this person may see and in which something is written."""
    written = Q(activities__isnull=False) | Q(lines__isnull=False) | ~Q(title="")
    rows = Application.objects.visible_to(by).filter(written, group=application.group_id, is_test=False)
    ids = rows.exclude(pk=application.pk).values("pk")
    found = Application.objects.filter(pk__in=ids).select_related("call", "case")
    return list(found.order_by("-created_at", "-pk")[:MOST_FORMER])


def is_empty(application: Application) -> bool:
    """Whether nothing was written in it yet that a copy would replace."""
    return (
        not any(text.strip() for text in application.texts.values())
        and not application.activities.exists()
        and not application.lines.exists()
        and not application.answers.exclude(question__kind__in=NOT_COPIED).exists()
    )


def why_not(application: Application) -> str:
    """Why nothing can be copied into an application, in a sentence; "" when it can."""
    if application.status != Application.Status.DRAFT:
        return _("Only a draft can begin from a former application.")
    return ""


@transaction.atomic
def copy(
    *,
    by: User,
    application: Application,
    source: Application,
    version: int,
    now: datetime,
    replace: bool = False,
) -> Application:
    """Write into a draft what the former application says. What was written in the draft goes only with `replace`.

    All or nothing. Raises NotAllowed, StaleObject or TransitionRefused.
    """
    if sentence := why_not(application):
        raise TransitionRefused(sentence)
    if source.pk not in {each.pk for each in former(application, by=by)}:
        raise TransitionRefused(_("Choose one of your group's own applications."))
    with editing(application, by=by, section="project", version=version, now=now) as fresh:
        if not replace and not is_empty(fresh):
            raise TransitionRefused(
                _("Something is written in this draft already. Say that it may be replaced.")
            )
        for name, text in source.texts.items():
            setattr(fresh, name, text)
    firms, institutions = _here(application)
    with editing(application, by=by, section="plan", version=None, now=now) as fresh:
        fresh.noted = {"did": "replaced", "rows": _ids(fresh.activities)}
        lines = _ids(fresh.lines)
        fresh.lines.all().delete()
        fresh.activities.all().delete()
        made = {
            row.pk: _again(row, fresh, firms=firms, institutions=institutions)
            for row in source.activities.all()
        }
    with editing(application, by=by, section="budget", version=None, now=now) as fresh:
        fresh.noted = {"did": "replaced", "rows": lines}
        for row in source.lines.all():
            _again(
                row, fresh, firms=firms, institutions=institutions, activity=made.get(row.activity_id or 0)
            )
    _answer(application, source, by=by, now=now)
    timeline.record(
        application.case, COPIED, by=by, now=now, obj=application, text=str(source), source=source.pk
    )
    return application


def _ids(rows: Any) -> list[int]:
    """Which rows there are: the event tells that they were taken out."""
    return list(rows.values_list("pk", flat=True))


def _here(application: Application) -> tuple[set[int], set[int]]:
    """Ids of the firms and of the institutions that are in the group now."""
    group = application.group
    return (
        set(group.memberships.filter(left_on=None).values_list("firm_id", flat=True)),
        set(group.partners.filter(left_on=None).values_list("institution_id", flat=True)),
    )


def _again(
    row: Activity | BudgetLine,
    application: Application,
    *,
    firms: set[int],
    institutions: set[int],
    activity: Any = None,
) -> Any:
    """The same row in another application. Whoever is in the group no longer is not responsible there."""
    columns = {
        each.attname: getattr(row, each.attname)
        for each in row._meta.concrete_fields
        if not each.primary_key and not isinstance(each, models.GeneratedField)
    }
    columns["application_id"] = application.pk
    if columns.get("firm_id") not in firms:
        columns["firm_id"] = None
    if "institution_id" in columns and columns["institution_id"] not in institutions:
        columns["institution_id"] = None
    if "activity_id" in columns:
        columns["activity_id"] = activity.pk if activity else None
    return type(row).objects.create(**columns)


def _answer(application: Application, source: Application, *, by: User, now: datetime) -> None:
    """Answer the questions that both calls ask in the same words."""
    texts = {new.pk: value for new, value in _same_questions(application, source)}
    if texts:
        answering.save(
            by=by,
            application=application,
            section="questions",
            texts=texts,
            files={},
            was={},
            version=application.version,
            now=now,
        )


def _same_questions(application: Application, source: Application) -> list[tuple[Question, str]]:
    """Each question of the new call that the former one asked too, with the answer as it is kept there: the same kind,
    the same words, and of choices those that are still offered."""
    answers = {row.question_id: row.value for row in source.answers.all() if row.value}
    known = {_signature(each): each for each in questions.questions_of(source.call)}
    found = []
    for new in questions.questions_of(application.call):
        old = known.get(_signature(new))
        if old is None or old.pk not in answers or new.kind in NOT_COPIED:
            continue
        value = answers[old.pk]
        if new.kind in (Question.Kind.CHOICE, Question.Kind.CHOICES):
            value = _choices_again(old, new, value)
        if value:
            found.append((new, value))
    return found


def _signature(question: Question) -> tuple[str, str]:
    return str(question.kind), plain(question.text_es)


def _choices_again(old: Question, new: Question, value: str) -> str:
    """The codes of the same words in the new question."""
    words = {option["code"]: plain(option["es"]) for option in old.options}
    codes = {plain(option["es"]): option["code"] for option in new.options}
    return ",".join(codes[words[code]] for code in value.split(",") if words.get(code) in codes)


# --- What does not fit -------------------------------------------------------------------------------


@dataclass
class Comparison:
    """What is to be looked at after copying: sentences by kind, and the lines whose share can be lowered."""

    # What was changed on the way: people and firms that are in the group no longer.
    changed: list[str] = field(default_factory=list)
    # What was not taken over.
    left: list[str] = field(default_factory=list)
    # What this call asks and the former one did not.
    new: list[str] = field(default_factory=list)
    # What the rules of the new call say, where they do not pass.
    rules: list[Result] = field(default_factory=list)
    # (line, its share of the programme, the most that the call pays of it).
    shares: list[tuple[BudgetLine, str, str]] = field(default_factory=list)


def source_of(application: Application) -> Application | None:
    """What an application was copied from last."""
    event = application.case.events.filter(action=COPIED).order_by("-sequence").first()
    if event is None:
        return None
    return Application.objects.filter(pk=event.data.get("source")).select_related("call", "case").first()


def compared(application: Application, source: Application, *, facts: Facts) -> Comparison:
    """What of the former application is not as it was, or does not fit the call of this one."""
    found = Comparison()
    firms, institutions = _here(application)
    gone = [
        (row.name, row.firm if row.firm_id and row.firm_id not in firms else row.institution)
        for row in source.activities.select_related("firm", "institution")
        if (row.firm_id and row.firm_id not in firms)
        or (row.institution_id and row.institution_id not in institutions)
    ]
    found.changed += [
        _("“%(activity)s”: %(who)s was responsible, and is in the group no longer.")
        % {"activity": name, "who": who}
        for name, who in gone
    ]
    found.changed += [
        _("“%(cost)s” was for %(firm)s, which is in the group no longer: now it is for the whole group.")
        % {"cost": row.description, "firm": row.firm}
        for row in source.lines.select_related("firm")
        if row.firm_id and row.firm_id not in firms
    ]
    found.left = [*_documents_left(application, source), *_answers_left(application, source)]
    found.new = _questions_new(application, source, facts.asked_questions)
    sections = ("project", "plan", "budget", "questions")
    found.rules = [each for each in failing(check_facts(facts)) if each.section in sections]
    found.shares = [
        (line, format_money(line.programme_share), format_money(_most(application, line)))
        for line in facts.lines
        if line.programme_share > _most(application, line)
    ]
    return found


def _most(application: Application, line: BudgetLine) -> Any:
    return application.call.highest_share(line.category, line.cost)


def _documents_left(application: Application, source: Application) -> list[str]:
    asked = {row.code for row in application.call.requirements.all()}
    found = []
    for row in source.documents.filter(replaced=False).select_related("requirement", "document"):
        words = {"what": row.requirement, "file": row.document.filename}
        if row.requirement.code in asked:
            found.append(_("Attach it again: %(what)s (%(file)s).") % words)
        else:
            found.append(_("This call does not ask for: %(what)s (%(file)s).") % words)
    quotes = BudgetQuote.objects.filter(application=source).select_related("line")
    found += [
        _("Attach the quote again: %(supplier)s, for “%(cost)s”.")
        % {"supplier": row.supplier, "cost": row.line.description}
        for row in quotes
    ]
    return found


def _answers_left(application: Application, source: Application) -> list[str]:
    """Answers that the new call does not ask for in the same words, with what they say: it may be of use elsewhere."""
    taken = {_signature(new) for new, _value in _same_questions(application, source)}
    rows = source.answers.select_related("question").exclude(question__kind=Question.Kind.DECLARATION)
    found = []
    for row in rows:
        if _signature(row.question) in taken:
            continue
        words = {"question": row.question, "answer": questions.in_words(row.question, row.value)}
        if row.question.kind == Question.Kind.FILE:
            found.append(_("The file that answered “%(question)s”.") % words)
        else:
            found.append(_("“%(question)s”: %(answer)s") % words)
    if any(each.kind == Question.Kind.DECLARATION for each in questions.questions_of(source.call)):
        found.append(_("The declarations: they are made anew for each call."))
    return found


def _questions_new(application: Application, source: Application, asked: Iterable[Question]) -> list[str]:
    known = {_signature(each) for each in questions.questions_of(source.call)}
    return [
        str(each)
        for each in asked
        if each.kind != Question.Kind.DECLARATION and _signature(each) not in known
    ]


def lower_shares(*, by: User, application: Application, version: int, now: datetime) -> int:
    """Lower the programme's share of each cost to the most that the call pays of it; answers how many were too high.

    Raises what `editing` raises.
    """
    with editing(application, by=by, section="budget", version=version, now=now) as fresh:
        over = [line for line in fresh.lines.all() if line.programme_share > _most(fresh, line)]
        fresh.noted = None
        if over:
            rows.set_shares(fresh, {line.pk: _most(fresh, line) for line in over})
    return len(over)
