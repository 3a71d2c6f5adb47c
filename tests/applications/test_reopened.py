"""What a return for changes leaves open: what the officer named and what a rule fails in, also of the group's own rows."""

import pytest
from django.urls import reverse

from applications import actions, reopened
from applications.models import Call
from core.workflow import TransitionRefused
from groups import actions as group_actions
from groups import held
from groups.actions import asking, voice
from groups.held import Part
from groups.models import FirmConfirmation
from tests.clock import NOON
from tests.factories_applications import application_at, make_call, return_for_changes
from tests.factories_groups import (
    add_to,
    make_confirmation,
    make_cuit,
    make_firm,
    make_group,
    make_institution,
    make_partner,
    make_question,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "submitted_stands")]

HELD = "was returned for changes"


def returned_with(*sections: str):
    """An application that was returned with these sections, and what every action of its group takes."""
    application = return_for_changes(application_at("submitted"), sections)
    return application, {"by": application.group.representative, "group": application.group, "now": NOON}


def data_of(firm) -> dict:
    names = ("name", "legal_form", "activity", "sector", "province", "locality", "people")
    return {name: getattr(firm, name) for name in names}


def test_who_belongs_does_not_change_while_another_section_is_answered(officer):
    application, told = returned_with("budget")
    group, firm = application.group, application.group.firms.first()
    new = make_firm(900)
    acts = [
        lambda: group_actions.leave(firm=firm, on=NOON.date(), **told),
        lambda: group_actions.add_firm(
            cuit=make_cuit(901), place_in_chain="Saws", **data_of(firm) | {"name": "New SA"}, **told
        ),
        lambda: group_actions.admit_firm(
            cuit=new.cuit, place_in_chain="Saws", reason="By telephone", **told | {"by": officer}
        ),
        lambda: group_actions.edit_firm(firm=firm, version=firm.version, place_in_chain="Another", **told),
        lambda: group_actions.edit_group(version=group.version, locality="Posadas", **told),
    ]
    for act in acts:
        with pytest.raises(TransitionRefused, match=HELD):
            act()
    assert group.memberships.current().count() == 5
    # What a firm is, is the same in all its groups.
    group_actions.edit_firm(firm=firm, version=firm.version, people=7, **told)


def test_a_firm_that_agrees_meanwhile_keeps_its_link(client):
    application, told = returned_with("budget")
    request = make_question(application.group, make_firm(900, contact_email="firm@lsp.example"))
    token = asking.share_request(request=request, **told).rsplit("/", 2)[-2]
    link = voice.links.find(token)
    with pytest.raises(TransitionRefused, match=HELD):
        voice.agree_to_join(link=link, person_name="Ana", person_position="Owner", now=NOON)
    link.refresh_from_db()
    assert link.used_at is None
    assert not application.group.memberships.filter(firm=request.firm).exists()


def test_institutions_are_held_apart_from_firms():
    application, told = returned_with("members")
    partner = make_partner(application.group)
    for act in (
        lambda: group_actions.add_partner(institution=make_institution(), contribution="Trains", **told),
        lambda: group_actions.edit_partner(partner=partner, contribution="Tests", contact="", **told),
        lambda: group_actions.end_partner(partner=partner, **told),
    ):
        with pytest.raises(TransitionRefused, match="the institutions are not among"):
            act()
    group_actions.leave(firm=application.group.firms.first(), on=NOON.date(), **told)


@pytest.mark.parametrize("status", ["draft", "submitted", "in_review", "approved"])
def test_nothing_is_held_but_an_answer(status):
    group = application_at(status).group
    assert [held.why(group, part, NOON) for part in Part] == ["", ""]


def test_a_rule_that_fails_since_the_return_opens_its_section():
    group, call = make_group(), make_call(confirmations=Call.Confirmations.ALL)
    for place in group.memberships.current():
        make_confirmation(place)
    add_to(group, make_firm(900))
    make_confirmation(group.memberships.get(firm__cuit=make_cuit(900)))
    application = return_for_changes(application_at("submitted", group=group, call=call), ("budget",))
    assert held.why(group, Part.MEMBERS, NOON)
    place = group.memberships.current().first()
    FirmConfirmation.objects.filter(membership=place).update(belongs=False)
    assert held.why(group, Part.MEMBERS, NOON) == ""
    told = {"by": application.group.representative, "group": application.group, "now": NOON}
    group_actions.leave(firm=place.firm, on=NOON.date(), **told)


def test_a_section_of_the_application_opens_in_the_same_way():
    application, told = returned_with("budget")
    by = told["by"]
    assert "only what was returned" in reopened.why_not_open(application, "project", NOON)
    application.title = ""
    application.save(update_fields=["title"])
    assert actions.why_not_editable(application, "project", by=by, now=NOON) == ""
    actions.write_project(
        by=by, application=application, texts={"title": "Anew"}, was={}, version=application.version, now=NOON
    )
    application.refresh_from_db()
    assert actions.why_not_editable(application, "project", by=by, now=NOON)


def test_the_page_of_the_group_says_why_instead_of_offering_it(signed_in):
    application, told = returned_with("budget")
    group, client = application.group, signed_in(told["by"])
    page = client.get(reverse("group_detail", args=[group.pk])).content.decode()
    for name in ("firm_add", "firms_import", "partner_find", "group_edit"):
        assert reverse(name, args=[group.pk]) not in page
    assert page.count(HELD) == 2
    firm = group.firms.first()
    form = {"on": "10/03/2026", "reason": ""}
    answer = client.post(reverse("firm_leave", args=[group.pk, firm.pk]), form)
    assert answer.status_code == 409
    assert HELD in answer.content.decode()
