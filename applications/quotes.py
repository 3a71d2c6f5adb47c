"""Quotes of suppliers for the costs of an application: added with their file, taken out while it is the group's turn."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from applications.actions import editing
from applications.attachments import KIND
from applications.models import Application, BudgetLine, BudgetQuote
from core import documents
from core.workflow import TransitionRefused

SECTION = "budget"
# More than anybody asks for: who sends more is a program.
MOST_QUOTES = 10


def add(
    *,
    by: User,
    application: Application,
    line: BudgetLine,
    supplier: str,
    amount: Decimal,
    valid_until: date | None,
    file: Any,
    now: datetime,
    version: int | None = None,
) -> BudgetQuote:
    """Add a quote to a cost, beside those that are there.

    Raises what `editing` raises, TransitionRefused for too many or a cost that is not there any more, and ValidationError
    when the file cannot come in; then nothing has changed.
    """
    documents.check_upload(file)
    with editing(application, by=by, section=SECTION, version=version, now=now) as fresh:
        if not fresh.lines.filter(pk=line.pk).exists():
            raise TransitionRefused(_("Somebody took this row out meanwhile."))
        if fresh.quotes.filter(line=line).count() >= MOST_QUOTES:
            raise TransitionRefused(
                _("There are %(most)s quotes already. Take one out first.") % {"most": MOST_QUOTES}
            )
        document = documents.store(case=fresh.case, kind=KIND, owner_id=fresh.pk, upload=file, by=by, now=now)
        quote = BudgetQuote.objects.create(
            application=fresh,
            line=line,
            supplier=supplier,
            amount=amount,
            valid_until=valid_until,
            document=document,
        )
        fresh.noted = {"did": "added", "rows": [line.pk], "documents": [document.pk]}
    return quote


def take_out(
    *, by: User, application: Application, quote: BudgetQuote, now: datetime, version: int | None = None
) -> None:
    """Take a quote out; its file stays with the case. One that is out already is no error."""
    with editing(application, by=by, section=SECTION, version=version, now=now) as fresh:
        out, _kinds = fresh.quotes.filter(pk=quote.pk).delete()
        fresh.noted = (
            {"did": "removed", "rows": [quote.line_id], "documents": [quote.document_id]} if out else None
        )


def tried(form: Any, act: Callable[[], bool]) -> bool:
    """Do it; what the file was refused for stands at the form."""
    try:
        return act()
    except ValidationError as error:
        form.add_error("file", error)
        return False
