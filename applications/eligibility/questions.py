"""The rules on the extra questions of a call and its declarations. A question that does not apply is not asked."""

from django.utils.translation import gettext as _

from applications.eligibility.engine import FAIL, PASS, Answer, names
from applications.facts import Facts
from applications.questions import DECLARATION


def questions_answered(facts: Facts) -> Answer:
    asked = [question for question in facts.asked_questions if question.kind != DECLARATION]
    missing = [question for question in asked if question.required and not facts.given.get(question.pk)]
    answered = sum(bool(facts.given.get(question.pk)) for question in asked)
    figures = {"answered": answered, "all": len(asked), "missing": [question.pk for question in missing]}
    if missing:
        return FAIL, _("Answer: %(questions)s") % {"questions": names(missing, most=3)}, figures
    if not asked:
        return PASS, _("This call asks nothing besides."), figures
    return PASS, _("Every question that has to be answered is answered."), figures


def declarations_accepted(facts: Facts) -> Answer:
    asked = [question for question in facts.asked_questions if question.kind == DECLARATION]
    missing = [question for question in asked if question.required and not facts.given.get(question.pk)]
    accepted = sum(bool(facts.given.get(question.pk)) for question in asked)
    figures = {"accepted": accepted, "all": len(asked), "missing": [question.pk for question in missing]}
    if missing:
        # A declaration is a sentence, with a full stop of its own.
        listed = names([str(question).removesuffix(".") for question in missing], most=3)
        return FAIL, _("Accept: %(declarations)s.") % {"declarations": listed}, figures
    if not asked:
        return PASS, _("This call has no declarations of its own."), figures
    return PASS, _("Every declaration of the call is accepted."), figures
