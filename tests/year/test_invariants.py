"""The queries of invariants.py find what they are there for: each fault is forged as the owner of the database, with the triggers
off and the constraints gone, in a transaction that is rolled back."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from functools import partial

import psycopg2
import pytest
from django.db import connection

from tests.database import connect_as_owner
from tests.year import invariants
from tests.year.year import FIRST_DAY, Year

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SEED = int(os.environ.get("YEAR_SEED", "2026"))

# The number of the invariant, what it has to say, what stands in the way, and the fault.
FAULTS: tuple[tuple[int, str, str, str], ...] = (
    (
        1,
        "too few SMEs",
        "",
        "UPDATE applications_submissionmember SET is_sme = false"
        " WHERE id = (SELECT min(id) FROM applications_submissionmember)",
    ),
    (
        1,
        "too few SMEs",
        "ALTER TABLE applications_submissionmember DROP CONSTRAINT IF EXISTS member_once",
        "UPDATE applications_submissionmember SET cuit = (SELECT min(cuit) FROM applications_submissionmember)",
    ),
    (
        2,
        "firm twice",
        "unique:groups_firm",
        "UPDATE groups_firm SET cuit = (SELECT min(cuit) FROM groups_firm)"
        " WHERE id = (SELECT max(id) FROM groups_firm)",
    ),
    (
        2,
        "wrong check digit",
        "unique:groups_firm",
        "UPDATE groups_firm SET cuit = left(cuit, 10) || (right(cuit, 1)::int + 1) % 10"
        " WHERE id = (SELECT min(id) FROM groups_firm)",
    ),
    (
        3,
        "two live applications",
        "unique:applications_application",
        "UPDATE applications_application a SET group_id = b.group_id FROM applications_application b"
        " WHERE b.call_id = a.call_id AND b.id <> a.id",
    ),
    (
        3,
        "two projects",
        "unique:grants_project",
        "UPDATE grants_project SET application_id = (SELECT min(application_id) FROM grants_project)",
    ),
    (
        3,
        "project without approval",
        "",
        "UPDATE applications_decision SET kind = 'reject', amount = NULL",
    ),
    (
        4,
        "above the envelope",
        "",
        "INSERT INTO applications_envelopeentry (call_id, application_id, amount, why, at)"
        " SELECT call_id, application_id, 10000000000, 'amend', now() FROM applications_envelopeentry LIMIT 1",
    ),
    (5, "more ordered and paid than approved", "", "UPDATE grants_project SET approved_amount = 1"),
    (
        5,
        "tranche paid twice",
        "unique:grants_disbursement",
        "INSERT INTO grants_disbursement (tranche_id, payee_id, amount, status, version, ordered_by_id, ordered_at,"
        " treasury_number, reason) SELECT tranche_id, payee_id, amount, 'ordered', 0, ordered_by_id, ordered_at, '', ''"
        " FROM grants_disbursement WHERE status = 'paid' LIMIT 1",
    ),
    (5, "before the tranche was open", "", "UPDATE grants_tranche SET opened_at = NULL WHERE kind = 'grant'"),
    (
        5,
        "before its report was accepted",
        "",
        "UPDATE reports_progressreport SET accepted_at = accepted_at + interval '99 days' WHERE status = 'accepted'",
    ),
    (5, "before the proof", "", "UPDATE grants_expense SET checked_at = checked_at + interval '200 days'"),
    (
        5,
        "beyond its surety",
        "",
        "UPDATE grants_surety SET amount = 1",
    ),
    (5, "reimbursed more", "", "UPDATE grants_expense SET programme_share = 1"),
    (5, "nobody had checked", "", "UPDATE grants_payee SET checked_at = checked_at + interval '200 days'"),
    (
        5,
        "salary of a month",
        "",
        "UPDATE grants_salarymonth SET accepted_at = accepted_at + interval '200 days' WHERE status = 'accepted'",
    ),
    (
        5,
        "stood still",
        "",
        "INSERT INTO grants_pause (project_id, first_day, days) SELECT t.project_id, d.treasury_date - 2, 9"
        " FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id WHERE d.status = 'paid' LIMIT 1",
    ),
    (
        6,
        "approved is not the sum",
        "",
        "UPDATE applications_decisionline SET amount = amount + 0.01"
        " WHERE id = (SELECT min(id) FROM applications_decisionline)",
    ),
    (
        6,
        "in force: above the share",
        "",
        "UPDATE grants_baselineline SET programme_share = programme_share + group_share, group_share = 0",
    ),
    (
        6,
        "lines in force are not",
        "",
        "UPDATE grants_baselineline SET programme_share = programme_share - 0.01"
        " WHERE id = (SELECT min(id) FROM grants_baselineline)",
    ),
    (
        6,
        "tranches and salary are not",
        "",
        "UPDATE grants_tranche SET amount = amount + 0.01 WHERE kind = 'grant'",
    ),
    (
        7,
        "charged above the line",
        "",
        "UPDATE grants_expense SET programme_share = 10 * programme_share WHERE status = 'verified'",
    ),
    (
        8,
        "two coordinators",
        "ALTER TABLE groups_appointment DROP CONSTRAINT one_coordinator_a_day",
        "INSERT INTO groups_appointment (group_id, person_id, email, full_name, background, no_conflict, status, version,"
        " nominated_on, why, confirmed_from) SELECT group_id, person_id, email, full_name, background, no_conflict, status,"
        " version, nominated_on, why, confirmed_from + 1 FROM groups_appointment WHERE status = 'confirmed' LIMIT 1",
    ),
    (
        9,
        "events are missing",
        "",
        "DELETE FROM core_event WHERE id = (SELECT max(id) FROM core_event)",
    ),
    (
        9,
        "chain is broken",
        "",
        "UPDATE core_event SET hash = repeat('0', 64) WHERE id = (SELECT min(id) FROM core_event)",
    ),
    (9, "a text is not its digest", "", "UPDATE core_eventtext SET text = text || '!'"),
    (
        10,
        "not what was submitted",
        "",
        "UPDATE applications_budgetline SET programme_share = programme_share - 0.01",
    ),
    (10, "nothing is frozen", "", "UPDATE grants_statement SET sha256 = '' WHERE status = 'settled'"),
    (
        11,
        "a step is there twice",
        "unique:core_reminderstep",
        "INSERT INTO core_reminderstep (duty, due_on, step, user_id)"
        " SELECT duty, due_on, step, user_id FROM core_reminderstep LIMIT 1",
    ),
    (
        11,
        "told again",
        "unique:core_message",
        "INSERT INTO core_message (key, recipient_id, address, language, template, context, confidential, created_at,"
        " attempts, next_attempt_at, doubts, last_error) SELECT key || '.again', recipient_id, address, language, template,"
        " context, confidential, created_at + interval '1 day', 0, now(), 0, '' FROM core_message"
        " WHERE template = 'reminders'",
    ),
)
LEDGER_FAULTS = (
    (
        "ordered",
        "DELETE FROM grants_ledgerentry WHERE id = (SELECT min(id) FROM grants_ledgerentry WHERE kind = 'ordered')",
    ),
    ("paid", "UPDATE grants_disbursement SET gross = gross + 0.01 WHERE status = 'paid'"),
    (
        "proven",
        "UPDATE grants_expense SET programme_share = programme_share + 0.01 WHERE status = 'verified'",
    ),
    ("approved", "UPDATE grants_ledgerentry SET amount = amount - 0.01 WHERE kind = 'approved'"),
    ("salary", "UPDATE grants_salarymonth SET amount = amount + 0.01 WHERE status = 'accepted'"),
    ("follow from one another", "UPDATE grants_ledgerentry SET amount = -amount WHERE kind = 'committed'"),
)

FROZEN_FAULTS = (
    ("event", "DELETE FROM core_event WHERE id = (SELECT max(id) FROM core_event)"),
    ("decision", "UPDATE applications_decision SET grounds = 'Another.'"),
    ("report", "UPDATE reports_progressreport SET summary = 'Another.' WHERE status = 'accepted'"),
    ("payment", "UPDATE grants_disbursement SET treasury_number = 'X' || id WHERE status = 'paid'"),
    ("document", "UPDATE core_document SET sha256 = repeat('0', 64)"),
)


@pytest.fixture
def year(frozen) -> Year:
    """Twelve projects until the middle of May: paid, proven, reported, with months of salaries."""
    found = Year(seed=SEED, projects=12, clock=frozen)
    for _day in found.days(until=FIRST_DAY + dt.timedelta(days=125)):
        pass
    return found


@pytest.fixture
def owner(year) -> Iterator:
    """A cursor of the owner in a transaction of its own, with all triggers off; nothing of it stays."""
    owned = connect_as_owner(connection.settings_dict["NAME"])
    connection.close()
    with owned.cursor() as cursor:
        yield cursor
    owned.close()


def _forge(cursor, drop: str, fault: str) -> None:
    """Take away what stands in the way, and write the fault."""
    cursor.execute(
        "SELECT DISTINCT t.tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    table = fault.split()[1 if fault.startswith("UPDATE") else 2]
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    if drop.startswith("unique:"):
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, c.conname FROM pg_index i LEFT JOIN pg_constraint c"
            " ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid"
            " WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary",
            [drop.removeprefix("unique:")],
        )
        for index, constraint in cursor.fetchall():
            if constraint:
                cursor.execute(f'ALTER TABLE {drop.removeprefix("unique:")} DROP CONSTRAINT "{constraint}"')
            else:
                cursor.execute(f"DROP INDEX {index}")
    elif drop:
        cursor.execute(drop)
    cursor.execute(fault)


def _not_found(owner, found: Callable[[], list[str]], says: str, drop: str, fault: str) -> list[str]:
    """Forges a fault, looks for it, and undoes it; answers a sentence when nothing says what it is."""
    owner.execute("BEGIN")
    try:
        _forge(owner, drop, fault)
        said = found()
    except psycopg2.Error as error:
        return [f"{fault}: {error}"]
    finally:
        owner.execute("ROLLBACK")
    return [] if any(says in each for each in said) else [f"nothing says {says!r} of {fault}: {said[:3]}"]


def test_what_is_forged_is_found(owner):
    """One world for all faults: to live its spring takes longer than they do."""
    assert invariants.all_wrong(owner) == []
    assert {number for number, *_rest in FAULTS} == set(invariants.QUERIES)
    missed = []
    for number, says, drop, fault in FAULTS:
        missed += _not_found(owner, partial(invariants.wrong, owner, number), says, drop, fault)
    for says, fault in LEDGER_FAULTS:
        missed += _not_found(owner, partial(invariants.wrong_ledgers, owner), says, "", fault)
    memory = invariants.Memory()
    memory.changed(owner)
    for what, fault in FROZEN_FAULTS:
        again = invariants.Memory()
        again.seen = dict(memory.seen)
        missed += _not_found(owner, partial(again.changed, owner), f" {what} ", "", fault)
    assert missed == []
    assert invariants.all_wrong(owner) == []
    assert memory.changed(owner) == []
