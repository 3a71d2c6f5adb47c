"""The page of the agreement: what is read, who signs, what is refused."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.workflow import APPLICATION
from core.models import Job
from grants.models import Agreement
from tests.clock import NOON
from tests.factories_applications import OFFICE, application_at, approval, make_call
from tests.factories_grants import finance, open_project, project_at, sign
from tests.factories_groups import give_place
from tests.grants.test_views_projects import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def agreement_of(project) -> str:
    return reverse("agreement", args=[project.pk])


def test_the_text_says_parties_object_money_tranches_plan_and_duties(client):
    project = open_project(call=make_call("partnership"))
    client.force_login(project.group.representative)
    said = text_of(client.get(agreement_of(project)))
    for words in (
        "the group Muebles del Norte, of Oberá, Misiones",
        "Carpintería 1 SRL, CUIT 30-6000000",
        "“A shared drying kiln”",
        "RES-2026-",
        "The programme pays $ 3.000.000,00",
        "The group pays $ 2.000.000,00",
        "When report 1 is accepted",
        "$ 1.800.000,00",
        "Buy and install the kiln",
        "12 months",
        "It appoints a coordinator",
        "It reports every 3 months, within 10 days",
        project.agreement.digest,
    ):
        assert words in said, words


def test_the_text_holds_the_dated_conditions_of_the_approval(client):
    application = application_at("recommended")
    data = approval(application, dated_conditions=[("Insure the kiln", dt.date(2026, 5, 4))])
    approved = APPLICATION.apply(application, "approve", by=OFFICE.approver, now=NOON, data=data)
    project = open_project(approved)
    client.force_login(project.group.representative)
    assert "Until 04/05/2026: Insure the kiln" in text_of(client.get(agreement_of(project)))


def test_the_representative_signs_and_then_the_officer(client):
    project = open_project()
    representative, officer = project.group.representative, OFFICE.officer
    url = agreement_of(project)
    client.force_login(officer)
    assert "The group signs first" in text_of(client.get(url))
    refused = client.post(url, {"version": 0, "name": officer.full_name, "declared": "on"})
    assert refused.status_code == 409

    client.force_login(representative)
    wrong = client.post(url, {"version": project.version, "name": "Rosa R"})
    assert wrong.status_code == 422
    assert "Confirm the declaration." in text_of(wrong)
    other = client.post(url, {"version": project.version, "name": "Rosa R", "declared": "on"})
    assert other.status_code == 422
    assert "name" in other.context["form"].errors
    assert "as it stands in your account" in text_of(other)
    assert 'value="Rosa R"' in other.content.decode()
    done = client.post(url, {"version": project.version, "name": "Rosa Representante", "declared": "on"})
    assert done.status_code == 302
    assert "Sign for the group" not in text_of(client.get(url))

    project.refresh_from_db()
    client.force_login(officer)
    assert "Sign for the State" in text_of(client.get(url))
    done = client.post(url, {"version": project.version, "name": officer.full_name, "declared": "on"})
    assert done.status_code == 302
    assert Agreement.objects.get(project=project).is_signed
    again = client.post(url, {"version": project.version + 1, "name": officer.full_name, "declared": "on"})
    assert again.status_code == 409
    assert "given already" in text_of(again)


def test_others_read_and_do_not_sign(client, member):
    project = open_project()
    give_place(project.group, member, Role.MEMBER)
    for person in (member, finance(), OFFICE.approver):
        client.force_login(person)
        assert "A signature is given once" not in text_of(client.get(agreement_of(project)))
        answer = client.post(
            agreement_of(project), {"name": person.full_name, "declared": "on", "version": 0}
        )
        assert answer.status_code == 403
        assert "Group representative" in text_of(answer)


def test_the_pdf_is_asked_for_where_it_is_not_there_yet(client, worker):
    project = sign(open_project())
    representative = project.group.representative
    client.force_login(representative)
    url = reverse("agreement_document", args=[project.pk])
    assert client.get(url).url == reverse("agreement", args=[project.pk])
    answer = client.post(url)
    job = Job.objects.get(kind="agreement")
    assert answer.url == reverse("job", args=[job.pk])
    assert client.get(answer.url).status_code == 200
    worker()
    document = Agreement.objects.get(project=project).document
    assert client.post(url).url == reverse("document", args=[document.pk])
    file = client.get(reverse("document", args=[document.pk]))
    assert file["Content-Type"] == "application/pdf"
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert reverse("document", args=[document.pk]) in client.get(agreement_of(project)).content.decode()


def test_there_is_no_pdf_of_an_unsigned_agreement_nor_for_strangers(client, stranger):
    project = sign(open_project(), state=False)
    client.force_login(project.group.representative)
    assert client.post(reverse("agreement_document", args=[project.pk])).status_code == 404
    signed = project_at("active", call=project.call)
    client.force_login(stranger)
    assert client.post(reverse("agreement_document", args=[signed.pk])).status_code == 404
