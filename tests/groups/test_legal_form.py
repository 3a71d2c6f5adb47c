"""What a firm is in law, guessed from its CUIT and its name."""

import pytest

from groups.legal_form import guess
from groups.models import LegalForm
from tests.factories_groups import make_cuit


@pytest.mark.parametrize(
    "prefix, name, form",
    [
        ("20", "Juana Pérez", LegalForm.PERSON),
        ("27", "Pérez SRL", LegalForm.PERSON),  # a person's number: the name may be a brand
        ("30", "Aserradero Uno S.R.L.", LegalForm.SRL),
        ("30", "Aserradero Uno srl", LegalForm.SRL),
        ("30", "Aserradero Uno Sociedad de Responsabilidad Limitada", LegalForm.SRL),
        ("30", "Aserradero Uno S. A.", LegalForm.SA),
        ("33", "Aserradero Uno SAU", LegalForm.SA),
        ("30", "Aserradero Uno Sociedad Anónima", LegalForm.SA),
        ("30", "Aserradero Uno S.A.S.", LegalForm.SAS),
        ("30", "Pérez e Hijos S.H.", LegalForm.SIMPLE),
        ("30", "Pérez, Gómez Sociedad de Hecho", LegalForm.SIMPLE),
        ("30", "Cooperativa de Trabajo Ñandú Ltda.", LegalForm.COOPERATIVE),
        ("30", "Coop. Apícola del Sur", LegalForm.COOPERATIVE),
        ("30", "Pérez y Cía. S.C.A.", LegalForm.OTHER),
        ("30", "Casa", ""),  # ends in the letters of no form
        ("30", "La Rosa", ""),
        ("30", "🌲 ", ""),
        ("30", "", ""),
    ],
)
def test_the_legal_form_is_guessed(prefix, name, form):
    assert guess(make_cuit(1, prefix), name) == form
