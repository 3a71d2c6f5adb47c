"""MiPyME certificates: until when one counts, and which one shows a firm's size on a day (PROGRAMME 4)."""

import calendar
import datetime as dt
from collections.abc import Iterable

from groups.models import Certificate, Size

MONTHS_AFTER_THE_CLOSE = 4
# The norm of 2006 knew no certificate, and its one medium size is on none.
SIZES = tuple(size for size in Size if size is not Size.MEDIUM)


def valid_until(year_closed_on: dt.date) -> dt.date:
    """The last day of the fourth month after the close of the fiscal year."""
    years, month = divmod(year_closed_on.month - 1 + MONTHS_AFTER_THE_CLOSE, 12)
    year = year_closed_on.year + years
    return dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def begins(year_closed_on: dt.date) -> dt.date:
    """The first day of the fiscal year that closes on a day: before it no certificate of that year is given."""
    last = calendar.monthrange(year_closed_on.year - 1, year_closed_on.month)[1]
    same_day = year_closed_on.replace(year=year_closed_on.year - 1, day=min(year_closed_on.day, last))
    return same_day + dt.timedelta(days=1)


def is_valid(certificate: Certificate, day: dt.date) -> bool:
    """Whether a certificate counts on a day: from the first day of its fiscal year to the last of its validity."""
    return begins(certificate.year_closed_on) <= day <= certificate.valid_until


def valid_on(certificates: Iterable[Certificate], day: dt.date) -> Certificate | None:
    """The certificate that shows a firm's size on a day: of those that count, the one that lasts longest."""
    counting = [row for row in certificates if is_valid(row, day)]
    return max(counting, key=lambda row: (row.valid_until, row.pk or 0), default=None)


def newest(certificates: Iterable[Certificate]) -> Certificate | None:
    """The one that lasts longest, whether it still counts or not."""
    return max(certificates, key=lambda row: (row.valid_until, row.pk or 0), default=None)
