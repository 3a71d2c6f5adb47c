import pytest
from tests.factories_grants import project_at, payment_at
pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("status", ["awaiting_agreement","active","closing","closed","suspended","terminated"])
def test_a_project_reaches_each_state(status):
    assert project_at(status).status == status

@pytest.mark.parametrize("status", ["ordered","paid","failed","cancelled"])
def test_a_payment(status):
    assert payment_at(status).status == status
