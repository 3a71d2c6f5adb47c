"""What must always be true (PROGRAMME 6), each as a query of its own over the whole database.

Each query answers what is wrong, as rows of (what, id): none means that it holds. They look at the rows alone, and at nothing
that the application or its triggers worked out: whoever doubts one reads it here. Days are days in Buenos Aires.
"""

from typing import Any

# What an invariant says, by its number.
SENTENCES = {
    1: "A submitted application has at least five SME firms (or the call's larger number), counted on its frozen members.",
    2: "A firm exists once per CUIT; a CUIT has a right check digit.",
    3: "One group has at most one live application per call; one project per approved application.",
    4: "The committed money of a call is never above its envelope.",
    5: "Ordered and paid are never above the approved amount; no tranche is paid twice, nor before its condition.",
    6: "The programme's share of each line and of the whole is never above the call's; shares add up to the cent.",
    7: "What is charged to a line is never above the line plus the call's tolerance.",
    8: "A group never has two confirmed coordinators on the same day.",
    9: "The timeline only grows.",
    10: "What was submitted, decided or accepted never changes afterwards.",
    11: "A person is reminded of one due date once per step.",
}

# The plan in force: what the last amendment made of each line, else the baseline.
LINES = """
    lines AS (
        SELECT b.id, b.project_id, b.category,
            coalesce(v.programme_share, b.programme_share) AS programme, coalesce(v.group_share, b.group_share) AS own
        FROM grants_baselineline b LEFT JOIN LATERAL (
            SELECT l.programme_share, l.group_share FROM grants_lineversion l JOIN grants_planversion p ON p.id = l.plan_id
            WHERE l.line_id = b.id ORDER BY p.number DESC LIMIT 1
        ) v ON true
    ),
    rules AS (
        SELECT p.id AS project_id, p.approved_amount, p.status, c.tolerance, c.max_share, c.share_by_category
        FROM grants_project p JOIN applications_application a ON a.id = p.application_id
            JOIN applications_call c ON c.id = a.call_id
    )
"""

QUERIES = {
    1: """
        SELECT 'submission with too few SMEs', s.id FROM applications_submission s
        WHERE greatest(5, s.min_firms) > (
            SELECT count(DISTINCT m.cuit) FROM applications_submissionmember m WHERE m.submission_id = s.id AND m.is_sme)
        UNION ALL
        SELECT 'submitted, and nothing is frozen', a.id FROM applications_application a
        WHERE a.first_submitted_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM applications_submission s WHERE s.application_id = a.id)
    """,
    2: """
        SELECT 'firm twice', min(id) FROM groups_firm GROUP BY cuit HAVING count(*) > 1
        UNION ALL
        -- Modulo 11 with the weights 5 4 3 2 7 6 5 4 3 2; a rest of 1 gives 9, as the tax authority does.
        SELECT 'wrong check digit', f.id FROM groups_firm f
        WHERE f.cuit !~ '^[0-9]{11}$' OR right(f.cuit, 1) <> substr('012345678990', 12 - (
            SELECT sum(substr(f.cuit, place, 1)::int * (ARRAY[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])[place])::int % 11
            FROM generate_series(1, 10) place), 1)
    """,
    3: """
        SELECT 'two live applications', min(id) FROM applications_application
        WHERE status NOT IN ('lapsed', 'withdrawn', 'rejected', 'ineligible', 'renounced', 'annulled')
        GROUP BY group_id, call_id HAVING count(*) > 1
        UNION ALL
        SELECT 'two projects', min(id) FROM grants_project GROUP BY application_id HAVING count(*) > 1
        UNION ALL
        SELECT 'project without approval', p.id FROM grants_project p
        WHERE NOT EXISTS (SELECT FROM applications_decision d
            WHERE d.application_id = p.application_id AND d.kind = 'approve')
    """,
    4: """
        SELECT 'committed above the envelope', c.id FROM applications_call c
            JOIN applications_envelopeentry e ON e.call_id = c.id
        GROUP BY c.id HAVING sum(e.amount) > c.envelope
    """,
    5: """
        WITH live AS (
            SELECT d.*, t.project_id, t.amount AS planned, t.kind, t.basis, t.number, t.after_report, t.proof_percent,
                t.needs_surety, t.opened_at, t.cancelled_on,
                (d.ordered_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date AS ordered_on
            FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
            WHERE d.status IN ('ordered', 'paid')
        ),
        -- What was verified, and what came back of the grant, with the moment.
        proofs AS (
            SELECT s.project_id, e.programme_share AS proven, 0 AS returned, e.checked_at AS at
            FROM grants_expense e JOIN grants_statement s ON s.id = e.statement_id WHERE e.status = 'verified'
            UNION ALL
            SELECT r.project_id, 0, c.amount, c.checked_at
            FROM grants_refundreceipt c JOIN grants_refund r ON r.id = c.refund_id
            WHERE c.status = 'confirmed' AND r.why <> 'interest'
        )
        SELECT 'more ordered and paid than approved', p.id FROM grants_project p JOIN live ON live.project_id = p.id
        GROUP BY p.id HAVING sum(live.amount) > p.approved_amount
        UNION ALL
        SELECT 'tranche paid twice', tranche_id FROM live GROUP BY tranche_id HAVING count(*) > 1
        UNION ALL
        SELECT 'above its tranche', id FROM live WHERE amount > planned
        UNION ALL
        SELECT 'ordered before the tranche was open', id FROM live
        WHERE opened_at IS NULL OR opened_at > ordered_at OR cancelled_on IS NOT NULL
        UNION ALL
        SELECT 'ordered before its report was accepted', live.id FROM live
        WHERE after_report > 0 AND NOT EXISTS (
            SELECT FROM reports_progressreport r WHERE r.project_id = live.project_id
                AND (r.number = live.after_report OR r.opens_id = live.tranche_id)
                AND r.status = 'accepted' AND r.accepted_at <= live.ordered_at)
        UNION ALL
        SELECT 'advance before the proof of those before', live.id FROM live
        WHERE basis = 'advance' AND proof_percent > 0 AND round(proof_percent / 100 * greatest(0, (
                SELECT coalesce(sum(b.amount), 0) FROM live b WHERE b.project_id = live.project_id
                    AND b.basis = 'advance' AND b.number < live.number AND b.ordered_at <= live.ordered_at
            ) - (SELECT coalesce(sum(returned), 0) FROM proofs
                    WHERE project_id = live.project_id AND at <= live.ordered_at)), 2)
            > (SELECT coalesce(sum(proven), 0) FROM proofs WHERE project_id = live.project_id AND at <= live.ordered_at)
        UNION ALL
        SELECT 'reimbursed more than was verified', live.project_id FROM live WHERE basis = 'reimbursement'
        GROUP BY live.project_id HAVING sum(live.amount) > (
            SELECT coalesce(sum(proven + returned), 0) FROM proofs WHERE proofs.project_id = live.project_id)
        UNION ALL
        SELECT 'advance beyond its surety', live.id FROM live WHERE needs_surety AND (
                SELECT sum(b.amount) FROM live b
                WHERE b.project_id = live.project_id AND b.needs_surety AND b.ordered_at <= live.ordered_at
            ) - (SELECT coalesce(sum(proven + returned), 0) FROM proofs
                    WHERE project_id = live.project_id AND at <= live.ordered_at)
            > (SELECT coalesce(sum(s.amount), 0) FROM grants_surety s
                WHERE s.project_id = live.project_id AND live.ordered_on BETWEEN s.from_on AND s.expires_on
                    AND (s.released_at IS NULL OR s.released_at > live.ordered_at))
        UNION ALL
        SELECT 'salary of a month that was not accepted', live.id FROM live WHERE kind = 'salary' AND NOT EXISTS (
            SELECT FROM grants_salarymonth m WHERE m.tranche_id = live.tranche_id AND m.status = 'accepted'
                AND m.accepted_at <= live.ordered_at AND m.amount = live.amount)
        UNION ALL
        SELECT 'to an account that nobody had checked', live.id FROM live JOIN grants_payee y ON y.id = live.payee_id
        WHERE y.checked_at IS NULL OR y.checked_at > live.ordered_at OR y.project_id <> live.project_id
        UNION ALL
        SELECT 'paid while the project stood still', live.id FROM live JOIN grants_project p ON p.id = live.project_id
        WHERE live.status = 'paid' AND (live.treasury_date > p.suspended_on OR EXISTS (
            SELECT FROM grants_pause s WHERE s.project_id = p.id
                AND live.treasury_date > s.first_day AND live.treasury_date < s.first_day + s.days))
        UNION ALL
        SELECT 'under way or paid after the end', live.id FROM live JOIN grants_project p ON p.id = live.project_id
        -- What the coordinator earned until then is paid afterwards.
        WHERE p.ended_on IS NOT NULL AND live.kind <> 'salary'
            AND (live.status = 'ordered' OR live.treasury_date > p.ended_on)
        UNION ALL
        SELECT 'ordered and confirmed by one person', id FROM live WHERE confirmed_by_id = ordered_by_id
    """,
    6: f"""
        WITH {LINES},
        -- Lines as they were asked for, as they were decided, and as they are in force.
        found AS (
            SELECT 'asked' AS what, l.id, l.programme_share AS programme, l.group_share AS own, l.cost AS cost, l.category,
                c.max_share, c.share_by_category
            FROM applications_budgetline l JOIN applications_application a ON a.id = l.application_id
                JOIN applications_call c ON c.id = a.call_id
            WHERE a.first_submitted_at IS NOT NULL
            UNION ALL
            SELECT 'in force', l.id, l.programme, l.own, l.programme + l.own, l.category, r.max_share, r.share_by_category
            FROM lines l JOIN rules r ON r.project_id = l.project_id
        )
        SELECT what || ': shares do not add up', id FROM found WHERE programme + own <> cost OR programme < 0 OR own < 0
        UNION ALL
        SELECT what || ': above the share of the call', id FROM found
        WHERE programme > round(cost / 100 * coalesce((share_by_category ->> category)::numeric,
            CASE category WHEN 'coordination' THEN 100 ELSE max_share END), 2)
        UNION ALL
        SELECT 'asked: above the share of the whole', a.id FROM applications_application a
            JOIN applications_call c ON c.id = a.call_id JOIN applications_budgetline l ON l.application_id = a.id
        WHERE a.first_submitted_at IS NOT NULL
        GROUP BY a.id, c.max_share HAVING sum(l.programme_share) > round(sum(l.cost) * c.max_share / 100, 2)
        UNION ALL
        SELECT 'in force: above the share of the whole', r.project_id FROM rules r JOIN lines l ON l.project_id = r.project_id
        GROUP BY r.project_id, r.max_share
        HAVING sum(l.programme) FILTER (WHERE l.category <> 'coordination')
            > round(sum(l.programme + l.own) * r.max_share / 100, 2)
        UNION ALL
        SELECT 'approved is not the sum of its lines', d.id FROM applications_decision d
            JOIN applications_decisionline l ON l.decision_id = d.id
        WHERE d.kind = 'approve' GROUP BY d.id HAVING sum(l.amount) <> d.amount
        UNION ALL
        SELECT 'the lines in force are not the approved amount', r.project_id FROM rules r
            JOIN lines l ON l.project_id = r.project_id
        GROUP BY r.project_id, r.approved_amount HAVING sum(l.programme) <> r.approved_amount
        UNION ALL
        SELECT 'tranches and salary are not the approved amount', r.project_id FROM rules r
        WHERE r.status IN ('active', 'closing', 'suspended') AND r.approved_amount <>
            (SELECT coalesce(sum(amount), 0) FROM grants_tranche t
                WHERE t.project_id = r.project_id AND t.kind = 'grant' AND t.cancelled_on IS NULL)
            + (SELECT coalesce(sum(amount), 0) FROM grants_salaryline s WHERE s.project_id = r.project_id)
    """,
    7: f"""
        WITH {LINES}
        SELECT 'charged above the line', l.id FROM lines l JOIN rules r ON r.project_id = l.project_id
            JOIN grants_expense e ON e.line_id = l.id AND e.status <> 'rejected'
        GROUP BY l.id, l.programme, l.own, r.tolerance
        HAVING sum(e.programme_share) > round(l.programme * (100 + r.tolerance) / 100, 2)
            OR sum(e.programme_share + e.group_share) > round((l.programme + l.own) * (100 + r.tolerance) / 100, 2)
        UNION ALL
        SELECT 'charged above the approved amount', p.id FROM grants_project p
            JOIN grants_statement s ON s.project_id = p.id
            JOIN grants_expense e ON e.statement_id = s.id AND e.status <> 'rejected'
        GROUP BY p.id HAVING sum(e.programme_share) > p.approved_amount
    """,
    8: """
        SELECT 'two coordinators on one day', one.id FROM groups_appointment one JOIN groups_appointment other
            ON other.group_id = one.group_id AND other.id > one.id
            AND (other.stand_in_until IS NULL) = (one.stand_in_until IS NULL)
        WHERE one.status IN ('confirmed', 'ended') AND other.status IN ('confirmed', 'ended')
            AND one.confirmed_from <= coalesce(other.ended_on, 'infinity')
            AND other.confirmed_from <= coalesce(one.ended_on, 'infinity')
    """,
    9: """
        SELECT 'events are missing', c.id FROM core_case c LEFT JOIN core_event e ON e.case_id = c.id
        GROUP BY c.id HAVING count(e.id) <> c.length OR coalesce(max(e.sequence), 0) <> c.length
        UNION ALL
        SELECT 'the head is not the last event', c.id FROM core_case c JOIN core_event e
            ON e.case_id = c.id AND e.sequence = c.length WHERE e.hash <> c.head
        UNION ALL
        SELECT 'the chain is broken', e.id FROM (
            SELECT id, previous_hash, lag(hash, 1, '') OVER (PARTITION BY case_id ORDER BY sequence) AS before
            FROM core_event) e WHERE e.previous_hash <> e.before
        UNION ALL
        SELECT 'a text is not its digest', e.id FROM core_event e JOIN core_eventtext t ON t.id = e.text_id
        WHERE t.text <> '' AND e.text_digest <> encode(sha256(convert_to(t.salt::text || t.text, 'UTF8')), 'hex')
    """,
    10: """
        SELECT 'its amount is not what was submitted', a.id FROM applications_application a
        JOIN LATERAL (SELECT amount FROM applications_submission s WHERE s.application_id = a.id
            ORDER BY number DESC LIMIT 1) s ON true
        WHERE s.amount <> (SELECT sum(programme_share) FROM applications_budgetline l WHERE l.application_id = a.id)
        UNION ALL
        SELECT 'accepted, and nothing is frozen', id FROM reports_progressreport
        WHERE status IN ('submitted', 'accepted') AND (snapshot IS NULL OR sha256 = '')
        UNION ALL
        SELECT 'settled, and nothing is frozen', id FROM grants_statement
        WHERE status = 'settled' AND (snapshot IS NULL OR sha256 = '')
        UNION ALL
        SELECT 'settled, and not every expense was judged', s.id FROM grants_statement s
            JOIN grants_expense e ON e.statement_id = s.id
        WHERE s.status = 'settled' AND e.status NOT IN ('verified', 'rejected')
        UNION ALL
        SELECT 'closed, and more is kept than is due', p.id FROM grants_project p
            LEFT JOIN grants_finalsettlement f ON f.project_id = p.id
        WHERE p.status = 'closed' AND (f.id IS NULL OR f.paid - f.returned > f.due)
    """,
    11: """
        SELECT 'a step is there twice', min(id) FROM core_reminderstep
        GROUP BY duty, due_on, step, user_id HAVING count(*) > 1
        UNION ALL
        SELECT 'two messages on one day', min(id) FROM core_message WHERE template = 'reminders'
        GROUP BY recipient_id, (created_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date HAVING count(*) > 1
        UNION ALL
        -- As the person reads it: between two messages about one due date lies another step.
        SELECT 'told again of the same step', min(id) FROM (
            SELECT m.id, m.recipient_id, line ->> 'key' AS duty, line ->> 'due' AS due, line ->> 'officer' AS watching, (
                SELECT max(step) FROM unnest(ARRAY[-14, -7, -1, 0, 1, 7, 14]) step WHERE step <= (line ->> 'late')::int
            ) AS step FROM core_message m, jsonb_array_elements(m.context -> 'lines') line WHERE m.template = 'reminders'
        ) told GROUP BY recipient_id, duty, due, step, watching HAVING count(*) > 1
        UNION ALL
        SELECT 'a line that no step stands for', m.id FROM core_message m, jsonb_array_elements(m.context -> 'lines') line
        WHERE m.template = 'reminders' AND NOT EXISTS (
            SELECT FROM core_reminderstep s WHERE s.message_id = m.id AND s.duty = line ->> 'key'
                AND s.due_on = (line ->> 'due')::date AND s.user_id = m.recipient_id)
    """,
}

# What never changes any more, as (id, digest) of all that is so by now: what was there once is there again, the same.
FROZEN = {
    "event": "SELECT id, md5(e::text) FROM core_event e",
    "submission": "SELECT id, md5(s::text) FROM applications_submission s",
    "member of a submission": "SELECT id, md5(m::text) FROM applications_submissionmember m",
    "decision": "SELECT id, md5(d::text) FROM applications_decision d",
    "line of a decision": "SELECT id, md5(l::text) FROM applications_decisionline l",
    "entry of an envelope": "SELECT id, md5(e::text) FROM applications_envelopeentry e",
    "agreement": "SELECT id, md5((to_jsonb(a) - 'document_id')::text) FROM grants_agreement a WHERE state_signed_at IS NOT NULL",
    "activity of the baseline": "SELECT id, md5(b::text) FROM grants_baselineactivity b",
    "line of the baseline": "SELECT id, md5(b::text) FROM grants_baselineline b",
    "amendment": "SELECT id, md5(a::text) FROM grants_amendment a WHERE status IN ('approved', 'rejected')",
    "version of the plan": "SELECT id, md5(v::text) FROM grants_planversion v",
    "line of a version": "SELECT id, md5(v::text) FROM grants_lineversion v",
    "report": "SELECT id, md5((to_jsonb(r) - 'document_id' - 'version')::text) FROM reports_progressreport r"
    " WHERE status = 'accepted'",
    "statement": "SELECT id, md5((to_jsonb(s) - 'document_id' - 'version')::text) FROM grants_statement s"
    " WHERE status = 'settled'",
    "expense": "SELECT id, md5((to_jsonb(e) - 'version')::text) FROM grants_expense e WHERE status IN ('verified', 'rejected')",
    "payment": "SELECT id, md5(d::text) FROM grants_disbursement d WHERE status <> 'ordered'",
    "entry of the ledger": "SELECT id, md5(l::text) FROM grants_ledgerentry l",
    "receipt": "SELECT id, md5(c::text) FROM grants_refundreceipt c WHERE status <> 'given'",
    "month of a salary": "SELECT id, md5(m::text) FROM grants_salarymonth m WHERE status = 'accepted'",
    "settlement": "SELECT id, md5((to_jsonb(f) - 'document_id')::text) FROM grants_finalsettlement f",
    "document": "SELECT id, md5((to_jsonb(d) - 'scan')::text) FROM core_document d",
    "step of a reminder": "SELECT id, md5((to_jsonb(s) - 'message_id')::text) FROM core_reminderstep s",
}

# The ledger of each project is the sum of its parts: (kind, project, in the ledger, in the parts) where it is not.
LEDGER = """
    WITH parts AS (
        SELECT 'approved' AS kind, id AS project_id, approved_amount AS amount FROM grants_project
        UNION ALL
        SELECT 'committed', p.id, e.amount FROM applications_envelopeentry e
            JOIN grants_project p ON p.application_id = e.application_id
        UNION ALL
        SELECT 'ordered', t.project_id, d.amount FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
            WHERE d.status IN ('ordered', 'paid')
        UNION ALL
        SELECT 'paid', t.project_id, d.gross FROM grants_disbursement d JOIN grants_tranche t ON t.id = d.tranche_id
            WHERE d.status = 'paid'
        UNION ALL
        SELECT 'salary', m.project_id, m.amount FROM grants_salarymonth m
            JOIN grants_disbursement d ON d.tranche_id = m.tranche_id AND d.status = 'paid'
        UNION ALL
        SELECT 'proven', s.project_id, e.programme_share FROM grants_expense e JOIN grants_statement s ON s.id = e.statement_id
            WHERE e.status = 'verified'
        UNION ALL
        SELECT CASE r.why WHEN 'interest' THEN 'interest' ELSE 'returned' END, r.project_id, c.amount
            FROM grants_refundreceipt c JOIN grants_refund r ON r.id = c.refund_id WHERE c.status = 'confirmed'
    ),
    there AS (SELECT kind, project_id, sum(amount) AS amount FROM parts GROUP BY kind, project_id),
    told AS (SELECT kind, project_id, sum(amount) AS amount FROM grants_ledgerentry GROUP BY kind, project_id)
    SELECT kind, project_id, coalesce(told.amount, 0), coalesce(there.amount, 0)
    FROM told FULL JOIN there USING (kind, project_id)
    WHERE coalesce(told.amount, 0) <> coalesce(there.amount, 0)
"""
# And the sums among themselves: what came back was paid, what is paid was ordered, what is ordered was approved.
ORDER = """
    WITH sums AS (
        SELECT project_id, coalesce(sum(amount) FILTER (WHERE kind = 'approved'), 0) AS approved,
            coalesce(sum(amount) FILTER (WHERE kind = 'committed'), 0) AS committed,
            coalesce(sum(amount) FILTER (WHERE kind = 'ordered'), 0) AS ordered,
            coalesce(sum(amount) FILTER (WHERE kind = 'paid'), 0) AS paid,
            coalesce(sum(amount) FILTER (WHERE kind = 'proven'), 0) AS proven,
            coalesce(sum(amount) FILTER (WHERE kind = 'salary'), 0) AS salary,
            coalesce(sum(amount) FILTER (WHERE kind = 'returned'), 0) AS returned
        FROM grants_ledgerentry GROUP BY project_id
    ),
    earned AS (
        SELECT project_id, sum(amount) AS unpaid FROM grants_salarymonth m WHERE status <> 'void' AND NOT EXISTS (
            SELECT FROM grants_disbursement d WHERE d.tranche_id = m.tranche_id AND d.status = 'paid')
        GROUP BY project_id
    )
    SELECT 'the sums of the ledger do not follow from one another', s.project_id FROM sums s
        JOIN grants_project p ON p.id = s.project_id LEFT JOIN earned ON earned.project_id = p.id
    WHERE NOT (0 <= returned AND returned <= paid AND paid <= ordered AND ordered <= committed AND committed <= approved
        AND salary <= paid AND proven + salary <= approved)
        -- What an ended project leaves went back to its call, but for what its coordinator earned.
        OR (p.ended_on IS NOT NULL AND committed <> paid + coalesce(unpaid, 0))
"""


def wrong(cursor: Any, number: int) -> list[str]:
    """What stands against one invariant, in words; nothing when it holds."""
    cursor.execute(QUERIES[number])
    return [f"6.{number} {what}: {pk}" for what, pk in cursor.fetchall()]


def wrong_ledgers(cursor: Any) -> list[str]:
    """Each sum of a ledger that is not the sum of its parts."""
    cursor.execute(LEDGER)
    found = [
        f"ledger of {pk}: {kind} {told} is {there} in its parts"
        for kind, pk, told, there in cursor.fetchall()
    ]
    cursor.execute(ORDER)
    return found + [f"ledger of {pk}: {what}" for what, pk in cursor.fetchall()]


def all_wrong(cursor: Any) -> list[str]:
    """All of them."""
    return [each for number in QUERIES for each in wrong(cursor, number)] + wrong_ledgers(cursor)


class Memory:
    """What was seen before: what was frozen once stays, and the timeline only grows (6.9, 6.10)."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[int, str]] = {}

    def changed(self, cursor: Any) -> list[str]:
        """What is gone or was changed since it was looked at last; then remembers all that is there now."""
        found = []
        for what, query in FROZEN.items():
            cursor.execute(query)
            now = dict(cursor.fetchall())
            for pk, digest in self.seen.get(what, {}).items():
                if now.get(pk) != digest:
                    found.append(f"6.9, 6.10 {what} {pk} is gone or was changed")
            self.seen[what] = now
        return found
