"""Many applications in the database: copies of one real application, each with a group and two cases of its own, made by
the owner in bulk (the triggers that keep the words are called once for all)."""

from typing import Any

from django.db import connection

from applications.models import Application
from core.models import Case
from groups.models import Group, Membership
from tests import database
from tests.factories_applications import application_at

STATES = "ARRAY['submitted','in_review','recommended','approved','rejected','withdrawn']"
PLACES = "ARRAY['AR-B','AR-X','AR-S','AR-M','AR-N','AR-T']"


def grow(name: str, until: int) -> None:
    """Let there be `until` applications. The first call makes the one that the others copy."""
    first = Application.objects.order_by("pk").first() or application_at("in_review")
    there = Application.objects.count()
    connection.close()
    owner = database.connect_as_owner(name)
    with owner.cursor() as cursor:
        tables = [model._meta.db_table for model in (Application, Group, Membership, Case)]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # Numbers above all that a sequence gave: the copy n of a case, a group, an application.
        numbers = {"first": there + 1, "last": until, "app": first.pk, "group": first.group_id}
        numbers |= {"case": first.case_id, "group_case": first.group.case_id}
        _copy(
            cursor, Case, "core_case.id = %(case)s", numbers,
            id="10000000 + n", title="'Secadero ' || n", reference="'LSP-2025-' || lpad(n::text, 7, '0')",
        )  # fmt: skip
        _copy(
            cursor, Case, "core_case.id = %(group_case)s", numbers,
            id="20000000 + n", title="'Grupo ' || n", reference="NULL",
        )  # fmt: skip
        _copy(
            cursor, Group, "groups_group.id = %(group)s", numbers,
            id="10000000 + n", case_id="20000000 + n", name="'Grupo ' || n",
            province=f"({PLACES})[1 + n %% 6]", locality="'Pueblo ' || (n %% 97)",
        )  # fmt: skip
        _copy(
            cursor, Application, "applications_application.id = %(app)s", numbers,
            id="10000000 + n", case_id="10000000 + n", group_id="10000000 + n", title="'Secadero ' || n",
            status=f"({STATES})[1 + n %% 6]", created_at="created_at - n * interval '1 minute'",
            state_since="state_since - (n * 7919 %% 500000) * interval '1 minute'",
            asked="1000 + (n * 7919 %% 1000003)",
        )  # fmt: skip
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(
            "SELECT applications_find_words(ARRAY(SELECT id FROM applications_application WHERE id >= %(low)s))",
            {"low": 10_000_000 + there},
        )
        cursor.execute("VACUUM ANALYZE")
    owner.close()


def _copy(cursor: Any, model: Any, where: str, numbers: dict[str, int], **changed: str) -> None:
    """Rows n = first … last that are like one row, but for some columns."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, column) for column in columns)
    table = model._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"
        f" FROM {table}, generate_series(%(first)s, %(last)s) AS n WHERE {where}",
        numbers,
    )
