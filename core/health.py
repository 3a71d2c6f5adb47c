"""Whether this process, and the machine around it, can do its work.

`/healthz`: the process answers. `/readyz`: the database answers and has our schema (503 otherwise); the queue may be
down, which is said, since pages work without it. Both are answered before hosts, HTTPS and sessions can refuse.
"""

from collections.abc import Callable
from functools import lru_cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

LONGEST_WAIT = 0.5


class HealthMiddleware:
    """Answers the two addresses that machines ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            return ready()
        return self.get_response(request)


def ready() -> HttpResponse:
    """What is there and what is not, as JSON."""
    state = {"database": "ok", "migrations": "ok", "redis": _queue_state()}
    try:
        if missing := _unapplied():
            state["migrations"] = f"missing: {', '.join(sorted(missing)[:5])}"
    except DatabaseError:
        state |= {"database": "failing", "migrations": "unknown"}
        connection.close()
    works = state["database"] == state["migrations"] == "ok"
    return JsonResponse(state, status=200 if works else 503, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=1)
def _ours() -> frozenset[tuple[str, str]]:
    """Every migration of this version of the software."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


def _unapplied() -> set[str]:
    applied = MigrationRecorder(connection).applied_migrations()
    return {f"{app}.{name}" for app, name in _ours() if (app, name) not in applied}


def _queue_state() -> str:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=LONGEST_WAIT, socket_connect_timeout=LONGEST_WAIT, retry=None
    )
    try:
        client.ping()
    except (redis.RedisError, OSError, ValueError):
        return "degraded"
    finally:
        client.close()
    return "ok"


# --- What the application's own database user must not be able to do ---------------------------------

# Each answers a row when it is so.
UNSAFE = {
    "is a superuser": "SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper",
    "owns tables, or is a member of the role that does": (
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')"
        " LIMIT 1"
    ),
    "may change or empty the timeline": (
        "SELECT 1 FROM pg_class WHERE oid = to_regclass('core_event')"
        " AND (has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(oid, 'UPDATE'))"
    ),
    "may switch triggers off": (
        "SELECT 1 WHERE has_parameter_privilege(current_user, 'session_replication_role', 'SET')"
    ),
}


def unsafe_powers() -> list[str]:
    """What the user of this connection could do to the record; nothing when all is well."""
    with connection.cursor() as cursor:
        found = []
        for power, question in UNSAFE.items():
            cursor.execute(question)
            if cursor.fetchone():
                found.append(power)
    return found


def refuse_unsafe_database() -> None:
    """Stop the start of web and worker, with one line, unless the database protects the record from them."""
    if settings.AS_OWNER:
        return
    user = settings.DATABASES["default"].get("USER", "")
    try:
        powers = unsafe_powers()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SystemExit(
            f"LSP cannot start: the database of DATABASE_URL does not answer ({reason})."
        ) from None
    finally:
        connection.close()
    if powers:
        raise SystemExit(
            f"LSP cannot start: the database user “{user}” of DATABASE_URL {'; '.join(powers)}."
            " Give the application a user of its own, without ownership (see .env.example)."
        )
