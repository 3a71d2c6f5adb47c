"""Beginning from a former application: what is taken over, what of it does not fit, and that nothing is lost silently."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications import copying
from applications.facts import Facts
from applications.models import Activity, Answer, Application, BudgetQuote, Question
from applications.workflow import APPLICATION
from core import documents
from core.dates import day_of
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from groups import actions as group_actions
from groups.models import Institution, Partner
from tests.cast import make_person
from tests.clock import NOON
from tests.factories_applications import DAY, a_pdf, application_at, draft, fill, make_call
from tests.factories_groups import give_place, make_group

pytestmark = pytest.mark.django_db
YES = {"kind": "yes_no", "text_en": "Do you export?", "text_es": "¿Exportan?"}


@pytest.fixture
def group(db):
    return make_group()


@pytest.fixture
def source(group):
    """A rejected application of the group, with everything written."""
    return application_at("rejected", group=group)


@pytest.fixture
def target(group, source):
    return draft(group=group, call=make_call())


def copied(target, source, **kwargs):
    kwargs.setdefault("by", target.group.representative)
    kwargs.setdefault("version", target.version)
    return copying.copy(application=target, source=source, now=NOON, **kwargs)


def compare(target, source) -> copying.Comparison:
    target = Application.objects.get(pk=target.pk)
    return copying.compared(target, source, facts=Facts(target, today=day_of(NOON)))


def as_data(application) -> tuple:
    """What a copy takes over, without ids."""
    plan = list(
        application.activities.values_list(
            "name", "first_month", "last_month", "responsible", "deliverable", "firm"
        )
    )
    budget = list(
        application.lines.values_list(
            "category", "description", "quantity", "unit_cost", "programme_share", "activity__name"
        )
    )
    return application.texts, plan, budget


# --- What is taken over ------------------------------------------------------------------------------


def test_texts_plan_and_budget_are_taken_over_with_their_ties(target, source):
    copied(target, source)
    target.refresh_from_db()
    assert as_data(target) == as_data(source)
    assert {line.activity.application_id for line in target.lines.all()} == {target.pk}
    assert source.lines.count() == 2, "the former one stays as it is"
    assert not target.declared
    assert not target.documents.exists()


def test_it_stands_on_the_timeline_and_says_whence(target, source):
    copied(target, source)
    event = target.case.events.filter(action=copying.COPIED).get()
    assert event.data["source"] == source.pk
    assert copying.source_of(target) == source


@pytest.mark.parametrize("status", ["withdrawn", "rejected", "ineligible", "submitted", "draft"])
def test_a_former_one_may_be_in_any_state(group, status):
    former = application_at(status, group=group)
    target = draft(group=group, call=make_call())
    assert copying.former(target, by=group.representative) == [former]


def test_a_lapsed_one_may_be_taken_up_again(group):
    former = fill(draft(group=group))
    APPLICATION.apply(former, "lapse", by=None, now=former.call.closes_at + DAY)
    target = draft(group=group, call=make_call())
    copied(target, Application.objects.get(pk=former.pk))
    assert target.lines.count() == 2


def test_empty_ones_and_those_of_others_are_not_offered(group, target, source):
    stranger = application_at("withdrawn", group=make_group(name="Others"))
    draft(group=group, call=make_call())
    assert copying.former(target, by=group.representative) == [source]
    with pytest.raises(TransitionRefused, match="your group's own"):
        copied(target, stranger)
    with pytest.raises(TransitionRefused):
        copied(target, target)


# --- Answers -----------------------------------------------------------------------------------------


def asking(*questions: dict, **fields):
    """A call that asks these questions."""
    call = make_call(**fields)
    for order, question in enumerate(questions, start=1):
        Question.objects.create(call=call, order=order, **{**YES, **question})
    return call


def answered(group, call, *values: str):
    """A whole draft with these answers."""
    former = fill(draft(group=group, call=call))
    for question, value in zip(call.questions.all(), values, strict=True):
        Answer.objects.update_or_create(application=former, question=question, defaults={"value": value})
    return former


WHERE = {"kind": "text", "text_es": "¿A qué país?", "text_en": "Where to?"}
HOW_MUCH = {"kind": "text", "text_es": "¿Cuánto?", "text_en": "How much?"}
DECLARE = {"kind": "declaration", "text_es": "Declaro", "text_en": "I declare"}


def test_the_same_question_in_the_same_words_is_answered_again(group):
    source = answered(group, asking({}, WHERE, HOW_MUCH), "yes", "Chile", "A lot")
    call = asking({"text_es": " ¿EXPORTAN? "}, {**WHERE, "kind": "long_text"})
    target = copied(draft(group=group, call=call), source)
    assert list(target.answers.values_list("question", "value")) == [(call.questions.first().pk, "yes")]
    found = compare(target, source)
    assert found.new == ["Where to?"]
    assert "“How much?”: A lot" in found.left


def test_choices_are_taken_over_by_their_words_and_only_those_still_offered(group):
    options = [{"code": code, "en": word, "es": word} for code, word in (("a", "Wood"), ("b", "Iron"))]
    source = answered(group, asking({"kind": "choices", "options": options}), "a,b")
    call = asking({"kind": "choices", "options": [{"code": "z", "en": "Wood", "es": "wood"}]})
    target = copied(draft(group=group, call=call), source)
    assert target.answers.get().value == "z"


def test_declarations_are_made_anew(group):
    source = answered(group, asking(DECLARE), "yes")
    target = copied(draft(group=group, call=asking(DECLARE)), source)
    assert not target.answers.exists()
    assert "The declarations: they are made anew for each call." in compare(target, source).left


# --- What does not fit -------------------------------------------------------------------------------


def test_categories_months_and_shares_that_do_not_fit_are_named_and_kept(group, source):
    call = make_call(categories=["soft_technology"], months=6, max_share=Decimal("50.00"))
    target = copied(draft(group=group, call=call), source)
    assert target.activities.count() == 2
    found = compare(target, source)
    said = " ".join(result.sentence for result in found.rules)
    assert {result.rule for result in found.rules} >= {"costs", "plan_months", "share_of_lines"}
    assert "This call does not pay for the category of: Drying kiln." in said
    assert [(str(line), share, most) for line, share, most in found.shares] == [
        ("Drying kiln", "$\xa02.500.000,00", "$\xa02.000.000,00")
    ]


def test_shares_are_lowered_to_the_most_when_asked(group, source):
    target = copied(draft(group=group, call=make_call(max_share=Decimal("50.00"))), source)
    by = group.representative
    assert copying.lower_shares(by=by, application=target, version=target.version, now=NOON) == 1
    line = target.lines.get(description="Drying kiln")
    assert (line.programme_share, line.group_share) == (Decimal("2000000.00"), Decimal("2000000.00"))
    assert compare(target, source).shares == []
    version = target.version
    assert copying.lower_shares(by=by, application=target, version=version, now=NOON) == 0
    with pytest.raises(StaleObject):
        copying.lower_shares(by=by, application=target, version=version - 1, now=NOON)


def test_who_left_the_group_is_responsible_for_nothing_and_named(group):
    source = fill(draft(group=group))
    gone, stays = group.firms.order_by("pk")[:2]
    school = Institution.objects.create(kind="university", name="A school", province="AR-N", locality="Oberá")
    Partner.objects.create(
        group=group, institution=school, contribution="Trains", joined_on=day_of(NOON), left_on=day_of(NOON)
    )
    one, two = source.activities.all()
    Activity.objects.filter(pk=one.pk).update(firm=gone, responsible="")
    Activity.objects.filter(pk=two.pk).update(institution=school, responsible="")
    source.lines.update(firm=gone)
    source.lines.filter(pk=source.lines.last().pk).update(firm=stays)
    group_actions.leave(by=group.representative, group=group, firm=gone, on=day_of(NOON), now=NOON)
    target = copied(draft(group=group, call=make_call()), source)
    assert [row.firm_id for row in target.lines.all()] == [None, stays.pk]
    assert {row.institution_id for row in target.activities.all()} == {None}
    said = " ".join(compare(target, source).changed)
    assert said.count("was responsible, and is in the group no longer") == 2
    assert gone.name in said
    assert "A school" in said
    assert "now it is for the whole group" in said


def test_documents_and_quotes_are_listed_to_attach_again(group):
    source = fill(draft(group=group))
    line = source.lines.first()
    file = documents.store(
        case=source.case, kind="quote", owner_id=source.pk, upload=a_pdf("q.pdf"), by=None, now=NOON
    )
    BudgetQuote.objects.create(application=source, line=line, supplier="Kilns SA", amount=1, document=file)
    target = copied(draft(group=group, call=make_call()), source)
    left = compare(target, source).left
    assert "Attach it again: Minutes (minutes.pdf)." in left
    assert f"Attach the quote again: Kilns SA, for “{line.description}”." in left
    other = make_call()
    other.requirements.all().delete()
    target = copied(draft(group=group, call=other), source)
    assert "This call does not ask for: Minutes (minutes.pdf)." in compare(target, source).left


# --- Refusals ----------------------------------------------------------------------------------------


def test_what_is_written_goes_only_knowingly(target, source):
    target = fill(target)
    before = as_data(Application.objects.get(pk=target.pk))
    with pytest.raises(TransitionRefused, match="may be replaced"):
        copied(target, source)
    target.refresh_from_db()
    assert as_data(target) == before
    copied(target, source, replace=True)
    assert target.activities.count() == 2


def test_a_stale_page_a_reader_and_an_application_that_is_no_draft_are_refused(group, target, source):
    viewer = make_person("viewer")
    give_place(group, viewer, Role.VIEWER)
    with pytest.raises(NotAllowed):
        copied(target, source, by=viewer)
    with pytest.raises(StaleObject):
        copied(target, source, version=target.version + 1)
    sent = application_at("submitted", group=make_group(name="Others"))
    with pytest.raises(TransitionRefused, match="Only a draft"):
        copied(sent, source)
    assert copying.is_empty(target)


def test_one_failure_and_nothing_is_copied(target, source, monkeypatch):
    monkeypatch.setattr(copying, "_answer", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        copied(target, source)
    assert copying.is_empty(Application.objects.get(pk=target.pk))


# --- Pages -------------------------------------------------------------------------------------------


@pytest.fixture
def web(group, signed_in, frozen):
    return signed_in(group.representative)


def test_who_applied_before_is_led_here_from_the_start(web, group, source):
    call = make_call()
    started = web.post(reverse("application_start", args=[call.code]), {"group": group.pk})
    target = Application.objects.get(call=call)
    assert started.url == reverse("application_copy", args=[target.pk])
    page = web.get(started.url)
    assert source.title in page.text
    done = web.post(started.url, {"source": source.pk, "version": target.version}, follow=True)
    assert done.redirect_chain[-1][0] == reverse("application_copied", args=[target.pk])
    assert "Attach it again" in done.text
    assert reverse("application_copied", args=[target.pk]) in web.get(started.url).text


def test_the_page_lowers_the_shares(web, group, source):
    target = copied(draft(group=group, call=make_call(max_share=Decimal("50.00"))), source)
    url = reverse("application_copied", args=[target.pk])
    assert "Lower these shares to the most" in web.get(url).text
    done = web.post(url, {"version": target.version}, follow=True)
    assert "1 share was lowered." in done.text
    assert "Lower these shares to the most" not in done.text


def test_a_draft_with_something_in_it_warns_and_needs_the_tick(web, target, source):
    fill(target)
    url = reverse("application_copy", args=[target.pk])
    assert "it is replaced" in web.get(url).text
    refused = web.post(url, {"source": source.pk, "version": target.version})
    assert refused.status_code == 422
    stale = web.post(url, {"source": source.pk, "version": 0, "replace": "on"})
    assert stale.status_code == 409
    done = web.post(url, {"source": source.pk, "version": target.version, "replace": "on"})
    assert done.status_code == 302


def test_nothing_to_begin_from_says_so(web, group):
    target = draft(group=group)
    page = web.get(reverse("application_copy", args=[target.pk]))
    assert "Your group has written no other application yet." in page.text
