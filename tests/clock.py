"""The moments that tests speak of."""

import datetime as dt

NOON = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)  # noon in Buenos Aires
# When the cast got its roles: before anything that a test does.
LONG_BEFORE = dt.datetime(2025, 6, 2, 15, 0, tzinfo=dt.UTC)
LONG_AFTER = dt.datetime(2099, 12, 31, 15, 0, tzinfo=dt.UTC)
