"""What ties people to the applications that they might judge (PROGRAMME 3: nobody reviews with an interest): one question
to the database, however many applications and people."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Writing on the timeline: who did one of these wrote the application.
WRITING = ("application.started", "application.edited", "application.submit")

# What is said of somebody with several ties is the last of these.
SENTENCES: tuple[Promise, ...] = (
    _("Their address is that of a firm in this group."),
    _("Declared a tie to a firm in this group."),
    _("Declared a tie to this group."),
    _("Wrote in this application."),
    _("Advises this group."),
    _("Holds a role in this group."),
)

# Each way of being tied: the place of its sentence, the application, the person. Written out, since it is asked at every step of
# a review and never changes its shape: Django took longer to build it than the database to answer.
SQL = """
WITH asked AS (
    SELECT id AS application, group_id, case_id FROM applications_application WHERE id = ANY(%(applications)s)
), member AS (
    SELECT application, firm_id FROM asked JOIN groups_membership USING (group_id) WHERE left_on IS NULL
), tie AS (
    SELECT 0 AS kind, application, owner.id AS person FROM member JOIN groups_firm firm ON firm.id = firm_id
        JOIN accounts_user owner ON owner.email = lower(firm.contact_email) WHERE firm.contact_email <> ''
    UNION ALL
    SELECT 1, application, user_id FROM member JOIN applications_declaredrelation USING (firm_id) WHERE ended_at IS NULL
    UNION ALL
    SELECT 2, application, user_id FROM asked JOIN applications_declaredrelation USING (group_id) WHERE ended_at IS NULL
    UNION ALL
    SELECT 3, application, actor_id FROM asked JOIN core_event USING (case_id) WHERE action = ANY(%(writing)s)
    UNION ALL
    SELECT 4, application, adviser_id FROM asked JOIN applications_support USING (group_id) WHERE accepted_at IS NOT NULL
    UNION ALL
    SELECT 4, application, user_id FROM asked JOIN groups_group_advisers USING (group_id)
    UNION ALL
    SELECT 5, application, user_id FROM asked JOIN groups_groupperson USING (group_id) WHERE until IS NULL
    UNION ALL
    SELECT 5, application, person_id FROM asked JOIN groups_appointment post USING (group_id)
        WHERE post.status IN ('nominated', 'accepted', 'confirmed')
)
SELECT DISTINCT kind, application, person FROM tie
WHERE person IS NOT NULL AND (%(among)s::bigint[] IS NULL OR person = ANY(%(among)s)) ORDER BY kind
"""


def of(applications: Collection[int], *, among: Collection[int] | None = None) -> dict[int, dict[int, str]]:
    """{application: {person: the sentence}}, of applications by their ids; `among` these people only, when they are
    given."""
    if not applications or (among is not None and not among):
        return {}
    asked: dict[str, Any] = {
        "applications": list(applications),
        "writing": list(WRITING),
        "among": None if among is None else list(among),
    }
    found: dict[int, dict[int, str]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(SQL, asked)
        # The later sentences write over the earlier ones.
        for kind, application, person in cursor.fetchall():
            found[application][person] = str(SENTENCES[kind])
    return dict(found)


def of_one(application: int, *, among: Collection[int] | None = None) -> dict[int, str]:
    """{person: the sentence}, of one application."""
    return of([application], among=among).get(application, {})
