"""The indexes of prices that admins keep (PROGRAMME 10): begun, a figure entered by one, confirmed by another. Each change is on
the system's timeline."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import User
from accounts.permissions import Action
from applications.models import IndexFigure, PriceIndex
from core import timeline
from core.dates import day_of
from core.models import Case
from core.workflow import TransitionRefused


def month_text(month: dt.date) -> str:
    """10/2026, in both languages."""
    return f"{month:%m/%Y}"


def figure_of(index: PriceIndex, month: dt.date) -> IndexFigure | None:
    """The confirmed figure of a month."""
    return index.figures.filter(month=month, confirmed_at__isnull=False).first()


def months_of(index: PriceIndex) -> set[dt.date]:
    """The months that have a figure, confirmed or not."""
    return set(index.figures.values_list("month", flat=True))


def month_refusal(month: dt.date, *, known: Collection[dt.date], today: dt.date) -> str:
    """What is wrong with a month for a new figure, in a sentence; "" when nothing is. `known` have one."""
    if month > today:
        return _("This month has not come yet.")
    if month in known:
        return _("There is a figure of %(month)s already.") % {"month": month_text(month)}
    return ""


@transaction.atomic
def begin(*, by: User, code: str, name_en: str, name_es: str, publisher: str, now: dt.datetime) -> PriceIndex:
    """A new index, without figures. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_CATALOGUES)
    case = timeline.locked_system_case(now)
    try:
        with transaction.atomic():
            index = PriceIndex.objects.create(
                code=code, name_en=name_en, name_es=name_es, publisher=publisher
            )
    except IntegrityError as error:
        raise TransitionRefused(_("The code %(code)s is taken.") % {"code": code}) from error
    timeline.record(case, "priceindex.begun", by=by, now=now, obj=index, code=code)
    return index


def enter(
    *, by: User, index: PriceIndex, month: dt.date, value: Decimal, source: str, now: dt.datetime
) -> IndexFigure:
    """The figure of a month; it counts when another admin has confirmed it. Raises NotAllowed or TransitionRefused."""
    (figure,) = enter_all(by=by, index=index, rows=[(month, value, source)], now=now)
    return figure


@transaction.atomic
def enter_all(
    *, by: User, index: PriceIndex, rows: Iterable[tuple[dt.date, Decimal, str]], now: dt.datetime
) -> list[IndexFigure]:
    """Many figures (month, value, source), all of them or none. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_CATALOGUES)
    case = timeline.locked_system_case(now)
    known, entered = months_of(index), []
    for month, value, source in rows:
        if refusal := month_refusal(month, known=known, today=day_of(now)):
            raise TransitionRefused(refusal)
        known.add(month)
        figure = IndexFigure.objects.create(
            index=index, month=month, value=value, source=source, entered_by=by, entered_at=now
        )
        _record(case, "indexfigure.entered", figure, by, now)
        entered.append(figure)
    return entered


def confirm_refusal(figure: IndexFigure, *, by: User) -> str:
    """Why this person cannot confirm a figure, in a sentence; "" when they can."""
    if figure.is_confirmed:
        return _("This figure was confirmed already.")
    if figure.entered_by_id == by.pk:
        return _("You entered it: another admin confirms it.")
    return ""


@transaction.atomic
def confirm(*, by: User, figure: IndexFigure, now: dt.datetime) -> IndexFigure:
    """Another admin has looked at where it was published. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_CATALOGUES)
    case, figure = timeline.locked_system_case(now), _locked(figure)
    if refusal := confirm_refusal(figure, by=by):
        raise TransitionRefused(refusal)
    figure.confirmed_by, figure.confirmed_at = by, now
    figure.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(case, "indexfigure.confirmed", figure, by, now)
    return figure


@transaction.atomic
def take_out(*, by: User, figure: IndexFigure, now: dt.datetime) -> None:
    """A wrong figure goes before it is confirmed; afterwards it stays. Raises NotAllowed or TransitionRefused."""
    require(by, Action.EDIT_CATALOGUES)
    case, figure = timeline.locked_system_case(now), _locked(figure)
    if figure.is_confirmed:
        raise TransitionRefused(_("A figure that was confirmed stays: amounts may follow it."))
    _record(case, "indexfigure.taken_out", figure, by, now)
    figure.delete()


def _locked(figure: IndexFigure) -> IndexFigure:
    found = IndexFigure.objects.select_for_update(of=("self",)).select_related("index")
    fresh = found.filter(pk=figure.pk).first()
    if fresh is None:
        raise TransitionRefused(_("This figure is not there any more."))
    return fresh


def _record(case: Case, action: str, figure: IndexFigure, by: User, now: dt.datetime) -> None:
    timeline.record(
        case,
        action,
        by=by,
        now=now,
        obj=figure,
        code=figure.index.code,
        month=figure.month,
        value=figure.value,
    )
