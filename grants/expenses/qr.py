"""The QR code that the tax authority has printed on each invoice: read from a photograph or a PDF, never trusted.

It is the address of a page of the authority, with the fields of the voucher as JSON in base64. Anybody can print one: each
field is checked like something typed. What it fills in is marked; what contradicts it is said, to the group at the field and
to finance at the expense. The file itself is opened by a process of its own (qr_reader).
"""

import base64
import binascii
import datetime as dt
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from stdnum.ar import cuit as stdnum_cuit

from core import dates, documents
from core.money import PESOS, cents, format_money, written
from core.templatetags.lsp import day
from core.workflow import Refusal
from grants.models import Expense

log = logging.getLogger(__name__)

READER = Path(__file__).with_name("qr_reader.py")
# As long as somebody waits for a page.
SECONDS = 12
# The authority was called AFIP until 2024, and is called ARCA since.
HOSTS = ("afip.gob.ar", "arca.gob.ar")
PATH = "/fe/qr"
LONGEST = 1_500
_one_at_a_time = threading.Lock()
MOST = Decimal(10) ** 12
CUIT = 80  # the authority's number of this kind of document

# The authority's numbers of kinds of vouchers → ours: invoices, those of credit for SMEs, receipts, till receipts.
KINDS = {
    1: "A", 6: "B", 11: "C", 51: "M", 19: "E",
    201: "A", 206: "B", 211: "C",
    4: "receipt", 9: "receipt", 15: "receipt", 54: "receipt",
    81: "A", 82: "B", 111: "C", 118: "M", 83: "ticket",
}  # fmt: skip
CREDIT_NOTES = {3, 8, 13, 21, 53, 110, 112, 113, 114, 119, 203, 208, 213}
CURRENCIES = {"PES": "ARS", "DOL": "USD", "060": "EUR", "012": "BRL"}


class NoCode(Refusal):
    """Nothing can be filled in from this file, with the sentence that says why."""


# --- The file -----------------------------------------------------------------------------------------


def read(upload: UploadedFile) -> dict[str, str]:
    """The fields of the voucher of this file, as texts by the names of the fields of an expense; `total` is the whole amount
    in the voucher's currency. Raises NoCode."""
    try:
        documents.check_upload(upload, kinds=documents.SCAN_TYPES)
    except ValidationError:
        raise NoCode(_("A QR code is looked for in photographs and PDFs only.")) from None
    upload.seek(0)
    data = upload.read()
    upload.seek(0)
    return said_by(_codes(data))


def _codes(data: bytes) -> list[str]:
    """The texts of the codes, from the process that opens the file: one at a time for each process of the site."""
    if not _one_at_a_time.acquire(timeout=SECONDS):
        raise NoCode(_took_too_long())
    try:
        done = subprocess.run(  # noqa: S603  (our own program, and nothing of the person's in its arguments)
            [sys.executable, "-I", str(READER)], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoCode(_took_too_long()) from None
    finally:
        _one_at_a_time.release()
    try:
        texts = json.loads(done.stdout)
    except ValueError:
        log.info("no codes read", extra={"returncode": done.returncode})
        raise NoCode(
            _("No QR code could be read in this file. Fill in the fields yourself; the file is kept.")
        ) from None
    return [str(text) for text in texts]


def _took_too_long() -> str:
    return _(
        "Looking for a QR code in this file took too long. Fill in the fields yourself; the file is kept."
    )


# --- What it says ---------------------------------------------------------------------------------------


def said_by(texts: list[str]) -> dict[str, str]:
    """The one voucher that these codes tell of. Raises NoCode."""
    if not texts:
        raise NoCode(
            _(
                "There is no QR code of the tax authority in this file. Fill in the fields yourself; the file is kept. Of a "
                "photograph: take it from nearer, with light."
            )
        )
    ours = [text for text in texts if _is_the_authoritys(text)]
    if not ours:
        raise NoCode(_("The QR code in this file is not the tax authority's: nothing was filled in."))
    vouchers = [fields_of(text) for text in ours]
    if any(other != vouchers[0] for other in vouchers):
        raise NoCode(_("This file has the QR codes of several vouchers: attach one at a time."))
    return vouchers[0]


def _is_the_authoritys(text: str) -> bool:
    try:
        address = urlsplit(text.strip())
        host = (address.hostname or "").removeprefix("www.")
    except ValueError:
        return False
    return address.scheme in ("http", "https") and host in HOSTS and address.path.rstrip("/") == PATH


def fields_of(text: str) -> dict[str, str]:
    """What one code of the authority says: only what is possible. Raises NoCode."""
    said = _payload(text)
    kind = _whole(said.get("tipoCmp"), 999)
    if kind in CREDIT_NOTES:
        raise NoCode(
            _("This is the QR code of a credit note: add it on the page of the expense that it reduces.")
        )
    cuit = _cuit(said.get("cuit"))
    number, place = _whole(said.get("nroCmp"), 10**8 - 1), _whole(said.get("ptoVta"), 99_999)
    total = _amount(said.get("importe"))
    if not cuit or not number or not place or not total:
        raise NoCode(
            _("The QR code names no voucher that can exist (CUIT, number or amount): nothing was filled in.")
        )
    currency = CURRENCIES.get(str(said.get("moneda")), "")
    rate = _amount(said.get("ctz"), "0.0001")
    issued_on = _day(said.get("fecha"))
    authorised = str(said.get("codAut", ""))
    fields = {
        "kind": KINDS.get(kind or 0, ""),
        "supplier_cuit": cuit,
        "point_of_sale": str(place),
        "number": str(number),
        "issued_on": issued_on,
        "cae": authorised
        if len(authorised) == 14 and authorised.isascii() and authorised.isdecimal()
        else "",
        "buyer_cuit": _cuit(said.get("nroDocRec")) if said.get("tipoDocRec") == CUIT else "",
        "currency": currency,
        "rate": str(rate) if rate and currency not in ("", "ARS") else "",
        "total": str(cents(total)),
    }
    return {name: value for name, value in fields.items() if value}


def _payload(text: str) -> dict[str, Any]:
    try:
        (packed,) = parse_qs(urlsplit(text.strip()).query, strict_parsing=True)["p"]
        # In an address `+` reads as a space.
        packed = packed.replace(" ", "+").replace("-", "+").replace("_", "/")[:LONGEST]
        plain = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
        said = json.loads(plain, parse_float=Decimal)
    except (ValueError, KeyError, binascii.Error, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NoCode(_("The QR code of this file is damaged: fill in the fields yourself; the file is kept."))
    return said


def _whole(value: Any, most: int) -> int | None:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return None
    return int(text) if 0 < int(text) <= most else None


def _cuit(value: Any) -> str:
    text = str(value)
    return text if text.isascii() and text.isdecimal() and stdnum_cuit.is_valid(text) else ""


def _amount(value: Any, least: str = "0.01") -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not Decimal(least) <= amount < MOST:
        return None
    return amount.quantize(Decimal(least))


def _day(value: Any) -> str:
    try:
        found = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return ""
    return found.isoformat() if dt.date(2000, 1, 1) <= found <= dates.today() + dt.timedelta(days=366) else ""


# --- In the form, and beside what was typed ---------------------------------------------------------------


def filled(typed: Any, said: Mapping[str, str]) -> Any:
    """What was typed (a QueryDict, which stays as it is), with what was left empty filled in from the code: figures as people
    write them, since the form reads them so."""
    data = typed.copy()
    values = dict(said)
    total = _amount_written(values.pop("total", ""))
    if "rate" in values:
        values["rate"] = written(Decimal(values["rate"]))
    # A voucher of a simplified supplier has no VAT: all of it is net.
    if said.get("kind") == "C" or (typed.get("kind") == "C" and "kind" not in said):
        values["net"] = total
    if values.get("currency", "ARS") != "ARS" and typed.get("currency", "ARS") == "ARS":
        # The field always says something: pesos, until somebody chooses.
        data["currency"] = data["rate"] = ""
        values |= {"rate_source": _("The QR code of the voucher"), "rate_on": values.get("issued_on", "")}
    for name, value in values.items():
        if not str(data.get(name) or "").strip():
            data[name] = value
    return data


def _amount_written(value: str) -> str:
    return format_money(Decimal(value)).replace(PESOS, "") if value else ""


def _as_day(value: str) -> str:
    return day(dt.date.fromisoformat(value))


# Fields that are compared one by one: how the code's word is shown.
COMPARED: dict[str, Callable[[str], str]] = {
    "kind": lambda value: str(Expense.Kind(value).label),
    "supplier_cuit": stdnum_cuit.format,
    "point_of_sale": str,
    "number": str,
    "issued_on": _as_day,
    "cae": str,
    "buyer_cuit": stdnum_cuit.format,
    "currency": str,
}


def contradictions(said: Mapping[str, str], expense: Any) -> list[tuple[str, str]]:
    """Where an expense says something else than its code: the field, and the sentence for it."""
    agreed = agreeing(said, expense)
    found = [
        (name, _("The QR code of the voucher says %(value)s.") % {"value": words(said[name])})
        for name, words in COMPARED.items()
        if name in said and name not in agreed
    ]
    if "total" not in said or expense.net is None:
        return found
    total, typed = Decimal(said["total"]), expense.net + (expense.tax or 0) + (expense.perceptions or 0)
    if typed != total:
        words = {"total": _in_currency(total, said), "typed": _in_currency(typed, said)}
        found.append(
            (
                "net",
                _("The QR code says %(total)s in all; net, VAT and perceptions come to %(typed)s.") % words,
            )
        )
    return found


def _in_currency(amount: Decimal, said: Mapping[str, str]) -> str:
    currency = said.get("currency", "ARS")
    words = format_money(amount)
    return words if currency == "ARS" else f"{currency} {words.removeprefix(PESOS)}"


def agreeing(said: Mapping[str, str], expense: Any) -> list[str]:
    """The fields of an expense that are as its code says: they are marked."""
    return [name for name in COMPARED if name in said and str(_plain(getattr(expense, name))) == said[name]]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else value
