"""Fields that several apps use."""

from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from core.forms import Form, MoneyField


class AmountForm(Form):
    amount = MoneyField(label="Amount", max_value=Decimal("1000000"))


@pytest.mark.parametrize(
    "text, amount",
    [
        ("1.234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1234,5", "1234.5"),
        ("1.234", "1234"),
        (" $ 1.234,00 ", "1234"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text, amount):
    form = AmountForm({"amount": text})
    assert form.is_valid()
    assert form.cleaned_data["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["NaN", "1e308", "-5", "Infinity", "1.2.3", "12,345,6", "abc", "", "9" * 400, "1_000"]
)
def test_a_bad_amount_gets_a_sentence(text):
    form = AmountForm({"amount": text})
    with translation.override("en"):
        assert not form.is_valid()
    assert all(len(sentence) > 10 for sentence in form.errors["amount"])


def test_limits_are_said_in_pesos():
    with translation.override("en"):
        assert AmountForm({"amount": "1000000,01"}).errors["amount"] == [
            "The amount must be at most $ 1.000.000,00."
        ]


def test_a_stored_amount_is_shown_as_people_write_it():
    assert 'value="1.234.567,50"' in str(AmountForm(initial={"amount": Decimal("1234567.5")})["amount"])


def test_what_was_typed_stays_as_it_was_typed():
    assert 'value="1234.5x"' in str(AmountForm({"amount": "1234.5x"})["amount"])


def test_the_same_amount_written_otherwise_is_no_change():
    form = AmountForm({"amount": "1.234,50"}, initial={"amount": Decimal("1234.5")})
    assert not form.has_changed()


def test_what_may_be_left_out_says_so_and_nothing_has_an_asterisk():
    from django.template import engines

    class Both(Form):
        first = forms.CharField()
        second = forms.CharField(required=False)

    with translation.override("en"):
        html = (
            engines["django"]
            .from_string("{% load crispy_forms_tags %}{{ form|crispy }}")
            .render({"form": Both()})
        )
    assert html.count("(optional)") == 1
    assert "asterisk" not in html
    assert " required" not in html
