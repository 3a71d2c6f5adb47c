"""The builtin tags: how amounts, days and states are written, and which errors the summary names."""

import datetime as dt
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import engines
from django.template.loader import get_template
from django.utils import translation

from core.looks import LOOKS, look_of
from core.templatetags import lsp

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
MOMENT = dt.datetime(2026, 11, 25, 2, 32, tzinfo=dt.UTC)  # still the 24th in Buenos Aires


def render(source: str, **context) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize("language", ["es", "en"])
def test_amounts_and_dates_are_written_alike_in_both_languages(language):
    with translation.override(language):
        assert render("{{ a|money }}", a=Decimal("1234567.5")) == "$\xa01.234.567,50"
        assert render("{{ d|day }}", d=dt.date(2026, 11, 24)) == "24/11/2026"
        assert render("{{ d|day }}", d=MOMENT) == "24/11/2026"
        assert render("{{ d|moment }}", d=MOMENT) == "24/11/2026 23:32"
        assert render("{{ d|deadline }}", d=MOMENT) == "24/11/2026 23:32 (Buenos Aires)"
        assert render("{{ s|percent }}", s=Decimal("62.50")) == "62,5\N{NO-BREAK SPACE}%"
        assert render("{{ s|percent }}", s=100) == "100\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("filter_name", ["money", "day", "moment", "deadline", "percent"])
def test_nothing_is_a_dash(filter_name):
    assert render("{{ x|" + filter_name + " }}", x=None) == "–"


def test_zero_is_not_nothing():
    assert render("{{ x|money }} {{ x|percent }}", x=0) == "$\xa00,00 0\N{NO-BREAK SPACE}%"


def test_an_icon_is_decoration():
    svg = render('{% icon "send" %}')
    assert svg.startswith("<svg")
    assert 'aria-hidden="true"' in svg
    assert "<path" in svg


@pytest.mark.parametrize("name", ["../../../etc/passwd", "no-such-icon", "Send", ""])
def test_an_unknown_icon_draws_nothing(name):
    assert render("{% icon name %}", name=name) == ""


def test_every_icon_that_is_named_exists():
    named = {sign for _look, sign in LOOKS.values()}
    for path in TEMPLATES:
        named |= set(re.findall(r'{%\s*icon\s+["\']([^"\']+)', path.read_text("utf-8")))
    missing = {name for name in named if not (settings.ICONS_DIR / f"{name}.svg").is_file()}
    assert not missing


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_every_template_compiles(path):
    get_template(str(path.relative_to(settings.BASE_DIR / "templates")))


def test_a_state_is_icon_word_and_border():
    html = render('{% status_badge "approved" "Approved" %}')
    assert "badge-good" in html
    assert "<svg" in html
    assert "Approved" in html


def test_an_unknown_state_looks_neutral():
    assert look_of("nobody_knows") == ("draft", "circle")


def test_every_look_has_its_colours():
    css = (settings.BASE_DIR / "static" / "theme.css").read_text("utf-8")
    assert all(f".badge-{look} " in css for look, _sign in LOOKS.values())


class PersonForm(forms.Form):
    name = forms.CharField(label="Name")
    side = forms.ChoiceField(label="Side", choices=[("a", "A")], widget=forms.RadioSelect)
    secret = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("It does not add up.")


def test_the_summary_links_to_the_fields_with_the_words_beside_them():
    form = PersonForm({"secret": "x"})
    with translation.override("en"):
        found = lsp.problems(form)
        beside = lsp.field_errors(form["name"])
    assert [(p.sentence, p.target) for p in found] == [
        ("It does not add up.", ""),
        ("Fill in “Name”.", "id_name"),
        ("Fill in “Side”.", "id_side_0"),
        ("Enter a whole number.", ""),
    ]
    assert beside == ["Fill in “Name”."]


def test_the_summary_takes_formsets_and_lists_once():
    formset = forms.formset_factory(PersonForm)(
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "Ana", "form-0-secret": "x"}
    )
    form = PersonForm({"name": "Ana", "side": "a", "secret": "1"})
    with translation.override("en"):
        targets = [p.target for p in lsp.problems([form, formset], form, "", None)]
    assert targets == ["", "", "id_form-0-side_0", ""]


def test_a_form_that_was_not_sent_has_no_problems():
    assert lsp.problems(PersonForm()) == []


def test_the_title_says_error_first():
    with translation.override("en"):
        assert render("{% title_prefix %}", form=PersonForm({})) == "Error: "
        assert render("{% title_prefix %}", some=[PersonForm({})]) == "Error: "
        assert render("{% title_prefix %}", form=PersonForm()) == ""


def test_page_numbers_are_bounded():
    page = Paginator(range(1_000_000), 25).get_page(20_000)
    assert len(lsp.elided(page)) == 7


def test_a_meter_never_runs_over_and_writes_points():
    assert lsp.meter(7, 5, "", "x")["value"] == "5"
    assert lsp.meter(Decimal("2.5"), 0, "", "x")["most"] == "1"
    assert 'value="2.5"' in render('{% meter v 5 "t" "x" %}', v=Decimal("2.5"))


def test_the_timeline_shows_texts_and_differences():
    rows = [
        SimpleNamespace(at=MOMENT, actor=None, sentence="Changed.", details=[("Amount", "1", "2")]),
        SimpleNamespace(at=MOMENT, actor="Ana", sentence="Returned.", details="Because <b>."),
    ]
    html = render('{% include "components/timeline.html" %}', rows=rows)
    assert "<dt>Amount</dt>" in html
    assert "Because &lt;b&gt;." in html
