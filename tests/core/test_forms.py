"""Fields that several apps use."""

import contextlib
import datetime as dt
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.forms import (
    DateField,
    Form,
    MomentField,
    MoneyField,
    NumberField,
    PercentField,
    WholeNumberField,
    posted_version,
)
from core.money import HIGHEST, format_money, parse_money, parse_number, written


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
    "text",
    [
        "NaN",
        "1e308",
        "-5",
        "Infinity",
        "1.2.3",
        "12,345,6",
        "abc",
        "",
        "9" * 400,
        "1_000",
        "0.500",
        "0,500",
        "1,234",
    ],
)
def test_a_bad_amount_gets_a_sentence(text):
    form = AmountForm({"amount": text})
    with translation.override("en"):
        assert not form.is_valid()
    assert all(len(sentence) > 10 for sentence in form.errors["amount"])


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_can_be_read_in_two_ways_is_asked_back(language):
    with translation.override(language):
        for text in ("1,250", "12,345", "999,999"):
            (sentence,) = AmountForm({"amount": text}).errors["amount"]
            assert text in sentence
            assert text.replace(",", ".") in sentence


class RateForm(Form):
    rate = NumberField(places=4)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1.250", "1250"),
        ("1250", "1250"),
        ("1250.0000", "1250"),
        ("1250,125", "1250.125"),
        ("1.250,5", "1250.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("1,2500", "1.25"),
        ("1,250", None),
        ("1250,12345", None),
        ("1e3", None),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_rate_is_read_as_amounts_are(text, rate, language):
    with translation.override(language):
        form = RateForm({"rate": text})
        assert form.is_valid() == (rate is not None)
    if rate is not None:
        assert form.cleaned_data["rate"] == Decimal(rate)


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
def test_every_number_that_is_written_is_read_back(value):
    assert parse_number(written(value), 4) == value


def test_limits_are_said_in_pesos():
    with translation.override("en"):
        assert AmountForm({"amount": "1000000,01"}).errors["amount"] == [
            "The amount must be at most $\xa01.000.000,00."
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


# --- Percentages, days, moments ------------------------------------------------------------------------


class ShareForm(Form):
    share = PercentField(label="Share", max_value=Decimal(60))


@pytest.mark.parametrize(
    "text, share",
    [("62,5", None), ("60", "60"), ("52,5", "52.5"), ("52.5 %", "52.5"), ("0", "0"), (" 7,25% ", "7.25")],
)
def test_a_percentage_is_read_as_people_write_it(text, share):
    form = ShareForm({"share": text})
    if share is None:
        assert form.errors["share"] == ["The percentage must be at most 60."]
    else:
        assert form.is_valid()
        assert form.cleaned_data["share"] == Decimal(share)


@pytest.mark.parametrize("text", ["NaN", "1e2", "-5", "5,555", "half", "%", "٥", "9" * 400])
def test_a_bad_percentage_gets_a_sentence(text):
    form = ShareForm({"share": text})
    assert not form.is_valid()
    assert all(len(sentence) > 10 for sentence in form.errors["share"])


def test_a_stored_percentage_is_shown_as_people_write_it():
    assert 'value="52,5"' in str(ShareForm(initial={"share": Decimal("52.50")})["share"])
    assert 'value="100"' in str(ShareForm(initial={"share": Decimal("100.00")})["share"])


class DayForm(Form):
    day = DateField(label="Day")
    moment = MomentField(label="Moment", required=False)


@pytest.mark.parametrize("text", ["24/11/2026", "2026-11-24", "24-11-2026", " 24/11/2026 ", "24.11.2026"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_day_is_read_as_people_and_browsers_write_it(text, language):
    with translation.override(language):
        form = DayForm({"day": text})
        assert form.is_valid()
    assert form.cleaned_data["day"] == dt.date(2026, 11, 24)


@pytest.mark.parametrize("text", ["9999-12-31", "24/11/2226"])
def test_a_mistyped_year_is_no_day(text):
    form = DayForm({"day": text})
    assert form.errors["day"] == ["This day is too far away. Look at its year."]


@pytest.mark.parametrize(
    "text", ["31/02/2026", "11/24/2026", "24/11", "tomorrow", "2026-11-24T10:00", "9" * 100, "\0"]
)
def test_a_day_that_is_none_gets_a_sentence(text):
    assert DayForm({"day": text}).errors["day"] == ["Write a day that exists, for example 24/11/2026."]


def test_a_stored_day_is_given_to_the_browsers_picker():
    with translation.override("es"):
        html = str(DayForm(initial={"day": dt.date(2026, 11, 24)})["day"])
    assert 'type="date"' in html
    assert 'value="2026-11-24"' in html


@pytest.mark.parametrize("text", ["2026-11-24T14:32", "24/11/2026 14:32", "2026-11-24 14:32"])
def test_a_moment_is_one_of_buenos_aires(text):
    form = DayForm({"day": "2026-11-24", "moment": text})
    assert form.is_valid()
    assert form.cleaned_data["moment"] == dt.datetime(2026, 11, 24, 17, 32, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["24/11/2026", "24/11/2026 25:00", "0001-01-01T00:00", "now"])
def test_a_moment_that_is_none_gets_a_sentence(text):
    form = DayForm({"day": "2026-11-24", "moment": text})
    assert form.errors["moment"] == ["Write a day and an hour that exist, for example 24/11/2026 14:32."]


def test_a_stored_moment_is_shown_in_buenos_aires():
    html = str(DayForm(initial={"moment": dt.datetime(2026, 11, 25, 2, 5, tzinfo=dt.UTC)})["moment"])
    assert 'value="2026-11-24T23:05"' in html


@pytest.mark.parametrize(
    "posted, version",
    [
        ({"version": "3"}, 3),
        ({}, -1),
        ({"version": "x"}, -1),
        ({"version": "-1"}, -1),
        ({"version": "²"}, -1),
        ({"version": "9" * 30}, -1),
    ],
)
def test_a_page_that_does_not_say_its_version_is_out_of_date(rf, posted, version):
    assert posted_version(rf.post("/", posted)) == version


class LongForm(Form):
    text = forms.CharField(max_length=10, widget=forms.Textarea)
    firms = WholeNumberField(min_value=5, max_value=9)


def test_a_browser_does_not_cut_a_long_text_that_the_server_would_refuse_in_words():
    with translation.override("en"):
        form = LongForm({"text": "x" * 11, "firms": "7"})
        assert "maxlength" not in str(form["text"])
        assert "at most 10 characters" in form.errors["text"][0]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("4", "The number must be at least 5."),
        ("10", "The number must be at most 9."),
        ("1,5", "Enter a whole number."),
        ("1,250", "“1,250” is no whole number. If it is thousands, write 1.250."),
        ("1_0", "Enter a whole number."),
        ("٥", "Enter a whole number."),
        ("1.000", "The number must be at most 9."),
        ("-5", "The number must be at least 5."),
    ],
)
def test_a_whole_number_says_its_limits_like_the_other_numbers(typed, sentence):
    with translation.override("en"):
        assert LongForm({"text": "x", "firms": typed}).errors["firms"] == [sentence]


# --- Numbers, whatever they are --------------------------------------------------------------------------


@given(st.decimals(min_value=0, max_value=HIGHEST, places=2, allow_nan=False))
def test_every_amount_that_is_written_is_read_back(amount):
    assert parse_money(format_money(amount)) == amount
    assert parse_money(f"{amount:f}") == amount


@given(st.text(max_size=30))
def test_no_text_at_all_breaks_the_reading_of_an_amount(text):
    with contextlib.suppress(ValueError):
        amount = parse_money(text)
        assert amount.is_finite()
        assert 0 <= amount <= HIGHEST


class NameForm(Form):
    name = forms.CharField()
    secret = forms.CharField(widget=forms.PasswordInput)


def test_marks_that_turn_a_line_around_are_left_out_and_emoji_stay():
    typed = "Sol \u202eLRS\u202c 😀 \u2066x\u2069 \u200fעברית"
    form = NameForm({"name": typed, "secret": "a\u202eb"})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Sol LRS 😀 x \u200fעברית", "secret": "a\u202eb"}
    assert "\u202e" not in form["name"].value()
