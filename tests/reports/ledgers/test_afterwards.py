"""After the report: renewals of certificates, checks of machines for years, their duties, and the office's registers."""

import datetime as dt

import pytest
from django.urls import reverse

from core import duties
from core.dates import at_noon
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from grants.models import Project
from groups.provinces import Province
from reports.ledgers import actions
from reports.ledgers import duties as owed
from reports.models import CertificateRenewal, Certification, CheckPlan, Machine, MachineCheck
from tests.cast import make_person
from tests.factories_groups import make_group
from tests.factories_ledgers import accepted_with, make_certification, make_machine, photo
from tests.factories_reports import make_project, report_at, the_officer

pytestmark = pytest.mark.django_db
AFTER = at_noon(dt.date(2026, 3, 10))
TODAY = AFTER.date()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AFTER, tick=False)


def certificate(**fields) -> Certification:
    accepted_with(lambda report: make_certification(report, **fields))
    return Certification.objects.with_case().get()


def machine() -> Machine:
    accepted_with(make_machine)
    return Machine.objects.with_case().get()


def renewal(until: dt.date) -> CertificateRenewal:
    return CertificateRenewal(number="RI-2", issued_on=TODAY, expires_on=until)


def owed_on(source, day: dt.date, user=None) -> list:
    return list(source(today=day, user=user))


# --- Certificates --------------------------------------------------------------------------------------


def test_a_certificate_is_a_duty_before_it_expires_until_it_is_renewed():
    row = certificate(expires_on=TODAY + 10 * DAY)
    by = row.report.group.representative
    duty = next(duty for duty in duties.of(by, TODAY) if duty.kind == "certificate")
    assert (duty.due_on, duty.url) == (row.expires_on, reverse("certificate_detail", args=[row.pk]))
    assert duty.words().startswith("Renew the certificate ISO 9001 of ")
    actions.renew(by=by, certification=row, renewal=renewal(TODAY + 400 * DAY), upload=photo(), now=AFTER)
    assert not owed_on(owed.certificates_to_renew, TODAY)
    assert Certification.objects.with_expiry().get().valid_until == TODAY + 400 * DAY
    late = owed_on(owed.certificates_to_renew, TODAY + 410 * DAY)
    assert {duty.officer for duty in late} == {False, True}


def test_a_certificate_that_is_let_go_is_owed_by_nobody():
    row = certificate(expires_on=TODAY + 10 * DAY)
    by = row.report.group.representative
    with pytest.raises(TransitionRefused):
        actions.let_go(by=by, certification=row, reason=" ", now=AFTER)
    actions.let_go(by=by, certification=row, reason="It sells no food any more.", now=AFTER)
    assert not owed_on(owed.certificates_to_renew, TODAY)
    with pytest.raises(TransitionRefused, match="already"):
        actions.let_go(by=by, certification=row, reason="Again", now=AFTER)


def test_nobody_owes_a_certificate_of_a_report_that_is_not_accepted_or_of_a_project_that_ended():
    report = report_at("draft")
    make_certification(report, expires_on=TODAY + 10 * DAY)
    assert not owed_on(owed.certificates_to_renew, TODAY)
    report_at("accepted", report.project)
    assert owed_on(owed.certificates_to_renew, TODAY)
    Project.objects.filter(pk=report.project_id).update(
        status="suspended", suspended_from="active", suspended_on=TODAY
    )
    assert not owed_on(owed.certificates_to_renew, TODAY)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"expires_on": "20/03/2026"}, "until a later day already"),
        ({"expires_on": "01/03/2026"}, "cannot expire before"),
        ({"issued_on": "11/03/2026"}, "still to come"),
        ({"upload": ""}, "The certificate itself"),
    ],
)
def test_a_renewal_that_does_not_hold_is_refused(signed_in, changed, sentence):
    row = certificate(expires_on=TODAY + 10 * DAY)
    browser = signed_in(row.report.group.representative)
    data = {
        "number": "R",
        "issued_on": "09/03/2026",
        "expires_on": "09/03/2027",
        "upload": photo(),
        **changed,
    }
    response = browser.post(reverse("certificate_renew", args=[row.pk]), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not CertificateRenewal.objects.exists()


def test_a_certificate_is_renewed_in_the_browser(signed_in):
    row = certificate(expires_on=TODAY + 10 * DAY)
    browser = signed_in(row.report.group.representative)
    data = {"number": "R", "issued_on": "09/03/2026", "expires_on": "09/03/2028", "upload": photo()}
    assert browser.post(reverse("certificate_renew", args=[row.pk]), data).status_code == 302
    page = browser.get(reverse("certificate_detail", args=[row.pk])).content.decode()
    assert "Valid until 09/03/2028" in page


# --- Checks of machines --------------------------------------------------------------------------------


def plan(row: Machine, every: int = 12, years: int = 3, version: int = 0, now=AFTER) -> CheckPlan:
    return actions.set_plan(
        by=the_officer(row.project),
        project=row.project,
        every_months=every,
        years=years,
        version=version,
        now=now,
    )


def test_an_officer_owes_the_plan_and_then_each_check():
    row = machine()
    officer = the_officer(row.project)
    duty = next(duty for duty in owed_on(owed.checks_to_plan, TODAY, officer))
    assert duty.due_on == TODAY + 15 * DAY
    plan(row)
    assert not owed_on(owed.checks_to_plan, TODAY)
    assert list(row.checks.values_list("due_on", flat=True)) == [
        dt.date(2027, 3, 10),
        dt.date(2028, 3, 10),
        dt.date(2029, 3, 10),
    ]
    assert not owed_on(owed.machines_to_check, TODAY)
    assert len(owed_on(owed.machines_to_check, dt.date(2027, 3, 1), officer)) == 1


@pytest.mark.parametrize("status", ["closed", "terminated"])
def test_the_duty_lives_on_when_the_project_has_ended(status):
    row = machine()
    plan(row)
    ended = "close" if status == "closed" else "renounce"
    Project.objects.filter(pk=row.project.pk).update(status=status, ended_on=TODAY, ended_why=ended)
    assert len(owed_on(owed.machines_to_check, dt.date(2027, 3, 20))) == 1
    actions.record_check(
        by=the_officer(row.project), machine=row, done_on=dt.date(2027, 3, 20), found="in_place",
        condition="good", note="", photos=[photo()], now=at_noon(dt.date(2027, 3, 20)),
    )  # fmt: skip
    assert not owed_on(owed.machines_to_check, dt.date(2027, 3, 21))


def test_a_check_counts_for_the_planned_one_when_it_is_near():
    row = machine()
    plan(row)
    officer = the_officer(row.project)

    def check(day: dt.date) -> MachineCheck:
        return actions.record_check(
            by=officer, machine=row, done_on=day, found="missing", condition="", note="Nobody knows.",
            now=at_noon(day),
        )  # fmt: skip

    assert check(dt.date(2026, 9, 1)).due_on is None
    assert check(dt.date(2027, 2, 20)).due_on == dt.date(2027, 3, 10)
    with pytest.raises(TransitionRefused, match="already"):
        check(dt.date(2027, 2, 20))


def test_another_plan_moves_what_is_still_to_come():
    row = machine()
    plan(row)
    actions.record_check(
        by=the_officer(row.project), machine=row, done_on=dt.date(2027, 3, 10), found="in_place",
        condition="good", note="", now=at_noon(dt.date(2027, 3, 10)),
    )  # fmt: skip
    with pytest.raises(StaleObject):
        plan(row)
    plan(row, every=6, years=2, version=1, now=at_noon(dt.date(2027, 4, 1)))
    assert list(row.checks.values_list("due_on", flat=True)) == [
        dt.date(2027, 3, 10),
        dt.date(2027, 9, 10),
        dt.date(2028, 3, 10),
    ]


def test_machines_of_later_reports_are_checked_as_the_others_are():
    row = machine()
    plan(row)
    report = accepted_with(make_machine, project=row.project, number=2)
    assert report.machines.get().checks.count() == 3


def test_nobody_of_the_group_checks_its_machine():
    row = machine()
    with pytest.raises(NotAllowed):
        actions.record_check(
            by=row.report.group.representative, machine=row, done_on=TODAY, found="in_place", condition="good",
            note="", now=AFTER,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"found": ""}, "Was it there"),
        ({"condition": ""}, "in which state"),
        ({"found": "missing"}, "its state is not known"),
        ({"found": "elsewhere"}, "Say where it is"),
        ({"done_on": "11/03/2026"}, "still to come"),
        ({"done_on": "01/12/2025"}, "not in use on this day yet"),
    ],
)
def test_a_check_that_does_not_hold_is_refused(signed_in, changed, sentence):
    row = machine()
    browser = signed_in(the_officer(row.project))
    data = {"done_on": "10/03/2026", "found": "in_place", "condition": "good", "note": "", **changed}
    response = browser.post(reverse("machine_check", args=[row.pk]), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not MachineCheck.objects.exists()


def test_a_check_is_written_down_in_the_browser(signed_in):
    row = machine()
    browser = signed_in(the_officer(row.project))
    plan_url = reverse("check_plan", args=[row.project.pk])
    assert browser.post(plan_url, {"every_months": "60", "years": "1", "version": 0}).status_code == 422
    assert browser.post(plan_url, {"every_months": "6", "years": "2", "version": 0}).status_code == 302
    data = {
        "done_on": "10/03/2026",
        "found": "in_place",
        "condition": "worn",
        "note": "Belt",
        "photo": photo(),
    }
    assert browser.post(reverse("machine_check", args=[row.pk]), data).status_code == 302
    page = browser.get(reverse("machine_detail", args=[row.pk])).content.decode()
    assert "Works, with faults" in page
    assert "photo.png" in page


# --- Registers -----------------------------------------------------------------------------------------


def many(number: int) -> None:
    for each in range(number):
        group = make_group(name=f"Group {each}")
        project = make_project(group, title=f"Project {each}")
        accepted_with(make_certification, make_machine, project=project)


@pytest.mark.parametrize("number", [1, 5])
@pytest.mark.parametrize("name", ["certificate_list", "machine_list"])
def test_a_register_costs_the_same(signed_in, name, number, django_assert_num_queries):
    many(number)
    browser = signed_in(the_officer(Project.objects.first()))
    browser.get(reverse(name))
    with django_assert_num_queries(6):
        assert browser.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("source", [owed.certificates_to_renew, owed.checks_to_plan, owed.machines_to_check])
def test_a_source_is_two_queries(source, django_assert_num_queries):
    many(3)
    with django_assert_num_queries(2):
        list(source(today=TODAY + 330 * DAY))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 1),
        ({"q": "iram"}, 1),
        ({"q": "nobody"}, 0),
        ({"norm": "gmp"}, 0),
        ({"state": "expiring"}, 1),
        ({"state": "expired"}, 0),
        ({"state": "valid"}, 1),
        ({"province": Province.CHACO.value}, 0),
    ],
)
def test_the_register_of_certificates_is_filtered(signed_in, query, found):
    row = certificate(expires_on=TODAY + 10 * DAY)
    browser = signed_in(the_officer(row.project))
    page = browser.get(reverse("certificate_list"), query)
    assert (row.number in page.content.decode()) is bool(found)
    table = b"".join(browser.get(reverse("certificate_export", args=["csv"]), query).streaming_content)
    assert len(table.splitlines()) == 1 + found
    assert browser.get(reverse("certificate_export", args=["xlsx"]), query).status_code == 200


def test_what_is_not_accepted_is_in_no_register(signed_in):
    report = report_at("draft")
    pages = [
        reverse("machine_detail", args=[make_machine(report).pk]),
        reverse("certificate_detail", args=[make_certification(report).pk]),
    ]
    browser = signed_in(the_officer(report.project))
    assert [browser.get(page).status_code for page in pages] == [404, 404]
    assert "Drying kiln" not in browser.get(reverse("machine_list")).content.decode()
    assert "RI-9000-1" not in browser.get(reverse("certificate_list")).content.decode()


@pytest.mark.parametrize("state", ["overdue", "due", "missing", "elsewhere", "unplanned"])
def test_the_register_of_machines_is_filtered(signed_in, state, time_machine):
    row = machine()
    browser = signed_in(the_officer(row.project))
    assert ("Drying kiln" in browser.get(reverse("machine_list"), {"state": state}).content.decode()) is (
        state == "unplanned"
    )
    plan(row, every=1, years=1)
    time_machine.move_to(at_noon(TODAY + 40 * DAY), tick=False)
    browser.force_login(the_officer(row.project))
    assert ("Drying kiln" in browser.get(reverse("machine_list"), {"state": state}).content.decode()) is (
        state == "overdue"
    )


def test_a_stranger_sees_no_register_and_no_entry(signed_in):
    row = machine()
    browser = signed_in(make_person("stranger"))
    assert browser.get(reverse("machine_list")).status_code == 403
    assert browser.get(reverse("machine_detail", args=[row.pk])).status_code == 404
    assert browser.get(reverse("project_outcomes", args=[row.project.pk])).status_code == 404


def test_the_page_of_a_project_shows_its_totals(signed_in):
    row = machine()
    browser = signed_in(row.report.group.representative)
    page = browser.get(reverse("project_outcomes", args=[row.project.pk])).content.decode()
    assert "Drying kiln" in page
    assert "No accepted report has a certificate." in page
    linked = browser.get(reverse("project_detail", args=[row.project.pk])).content.decode()
    assert reverse("project_outcomes", args=[row.project.pk]) in linked
