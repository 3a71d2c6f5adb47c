"""Reviewers who lie too far apart, in the call that asks them to meet: one pair still has to, another has agreed."""

import datetime as dt

from applications import agreeing, judging
from applications.models import Application, Review
from applications.workflow import REVIEW
from core import dates
from lsp_program.demo.applying import Applying
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
# What each of the two gives in every criterion, and says; 40 points lie between them.
SAID = (
    (9, Review.Advice.APPROVE, "El grupo ya trabaja junto y sabe lo que quiere.", "Un proyecto maduro."),
    (5, Review.Advice.REJECT, "No se ve quién se hace cargo de cada tarea.", "Falta organización interna."),
)
TEXT = (
    "Se leyó el plan en conjunto. La primera evaluación ponderó la trayectoria del grupo; la segunda, que el plan no nombra "
    "responsables. Se acordó reconocer la trayectoria y puntuar el plan por lo que dice."
)


def apart(story: Applying, application: Application, today: dt.date) -> Application:
    """Both reviews sent, too far apart."""
    application = story.in_review(application, today - 12 * DAY)
    now = dates.at_noon(today - 5 * DAY)
    for review, (score, advice, reason, comment) in zip(
        application.reviews.order_by("pk"), SAID, strict=True
    ):
        by = review.reviewer
        declared = REVIEW.apply(review, "declare_interest", by=by, now=now, data={"no_interest": True})
        saved = judging.save_review(
            by=by,
            review=declared,
            scores={criterion.pk: (score, reason) for criterion in application.call.criteria.all()},
            comment=comment,
            advice=advice,
            version=None,
            now=now,
        )
        REVIEW.apply(saved, "send", by=by, now=now)
    return application


def agreed(cast: Cast, story: Applying, application: Application, today: dt.date) -> Application:
    """The same, and then they met."""
    application = apart(story, application, today)
    scores = (8, 8, 6, 7)
    agreeing.record_consensus(
        by=cast["officer"],
        application=application,
        held_on=today - 2 * DAY,
        present=[review.reviewer_id for review in application.reviews.all()],
        scores={
            criterion.pk: score
            for criterion, score in zip(application.call.criteria.all(), scores, strict=True)
        },
        text=TEXT,
        version=None,
        now=dates.at_noon(today - DAY),
    )
    return application
