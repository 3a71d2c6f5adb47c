"""Several small lists read in ONE query: for a page that needs many of them, and that many people open at once.

Each list is an ordinary queryset, with `select_related`, annotations or `values_list` as it likes. The database answers all
of them as JSON in one row, and the rows become the same as if each list had been read on its own (tests/core/test_together.py
holds that). Not for long lists, and not for `prefetch_related`, a plain `distinct` or binary columns.
"""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.query import DEFAULT_FETCH_MODE, get_related_populators
from django.db.models.sql.compiler import SQLCompiler


def read(**lists: models.QuerySet) -> dict[str, list[Any]]:
    """The rows of each queryset, by its name."""
    found: dict[str, list[Any]] = {name: [] for name in lists}
    compilers, parts, params = {}, [], []
    for name, rows in lists.items():
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            continue
        compilers[name] = compiler
        # Joined tables have columns of one name: each gets one of its own here.
        columns = ", ".join(f"c{number}" for number in range(len(compiler.select)))
        # The texts are Django's own and numbers of columns; values go as parameters.
        parts.append(f"(SELECT json_agg(part)::text FROM ({sql}) AS part({columns}))")  # noqa: S608
        params += values
    for (name, compiler), text in zip(compilers.items(), _answers(parts, params), strict=True):
        read = _values(compiler, json.loads(text or "[]", parse_float=Decimal))
        is_values = lists[name]._fields is not None  # type: ignore[attr-defined]
        found[name] = list(read if is_values else _instances(compiler, read, lists[name]))
    return found


def count(**lists: models.QuerySet) -> dict[str, int]:
    """How many rows each queryset has, by its name. One query."""
    asked, parts, params = [], [], []
    for name, rows in lists.items():
        try:
            # No more is read of a row than that it is there.
            sql, values = rows.order_by().values("pk").query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            continue
        asked.append(name)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608  (Django's own text)
        params += values
    return dict.fromkeys(lists, 0) | dict(zip(asked, _answers(parts, params), strict=True))


def _answers(parts: list[str], params: list[Any]) -> tuple[Any, ...]:
    """What each of some expressions in SQL gives."""
    if not parts:
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return cursor.fetchone()


def _values(compiler: SQLCompiler, rows: list[dict[str, Any]]) -> Iterable[tuple[Any, ...]]:
    """Rows of JSON as the values of their columns."""
    fields = [column[0].output_field for column in compiler.select]
    for row in rows:
        yield tuple(_value(field, value) for field, value in zip(fields, row.values(), strict=True))


def _instances(compiler: SQLCompiler, rows: Iterable[Any], asked: models.QuerySet) -> Iterable[Any]:
    """Rows of values as instances of the queryset's model, with what it selects besides."""
    info, select = compiler.klass_info, compiler.select
    own = info["select_fields"]
    names = [select[place][0].target.attname for place in own]
    populators = get_related_populators(info, select, connection.alias, DEFAULT_FETCH_MODE)
    for values in rows:
        made = info["model"].from_db(connection.alias, names, [values[place] for place in own])
        for populator in populators:
            populator.populate(values, made)
        for name, place in compiler.annotation_col_map.items():
            setattr(made, name, values[place])
        _know(made, asked)
        yield made


def _know(made: models.Model, rows: models.QuerySet) -> None:
    """What a list of something's own knows: whose they are."""
    for field, known in rows._known_related_objects.items():  # type: ignore[attr-defined]
        owner = known.get(getattr(made, field.attname))
        if owner is not None:
            setattr(made, field.name, owner)


def _value(field: models.Field, value: Any) -> Any:
    return value if value is None else field.to_python(value)


def attach(parents: Iterable[Any], name: str, children: Iterable[Any], key: str) -> None:
    """Let `parent.<name>.all()` answer those of the children whose column `key` is its id, as `prefetch_related` would."""
    of: dict[Any, list[Any]] = {}
    for child in children:
        of.setdefault(getattr(child, key), []).append(child)
    for parent in parents:
        give(parent, name, of.get(parent.pk, []))


def give(parent: Any, name: str, rows: list[Any]) -> None:
    """The same for one of them, whose rows these all are: also for a list of many to many, whose rows say not whose."""
    found = getattr(parent, name).all()
    found._result_cache, found._prefetch_done = rows, True
    parent.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found
