"""Invoices for tests: photographs and PDFs with the QR code of the tax authority, and such as are made to harm."""

import base64
import io
import json
from typing import Any

import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories_groups import make_cuit

ADDRESS = "https://www.afip.gob.ar/fe/qr/?p="


def payload(**changes: Any) -> dict[str, Any]:
    """What the code of invoice A 3-1234 says: 1.210.000,00 in all, of 10 March 2026."""
    usual = {
        "ver": 1, "fecha": "2026-03-10", "cuit": int(make_cuit(90)), "ptoVta": 3, "tipoCmp": 1, "nroCmp": 1234,
        "importe": 1210000, "moneda": "PES", "ctz": 1, "tipoDocRec": 80, "nroDocRec": int(make_cuit(91)),
        "tipoCodAut": "E", "codAut": 70417054367476,
    }  # fmt: skip
    return {**usual, **changes}


def address(**changes: Any) -> str:
    """The address that the code leads to."""
    return ADDRESS + base64.b64encode(json.dumps(payload(**changes)).encode()).decode()


def page_with(*texts: str) -> Image.Image:
    """A white page with these codes on it."""
    page = Image.new("L", (1240, 1754), "white")
    for place, text in enumerate(texts):
        drawn = io.BytesIO()
        segno.make(text, error="m").save(drawn, kind="png", scale=4)
        page.paste(Image.open(drawn).convert("L"), (60, 60 + 560 * place))
    return page


def photograph(*texts: str, kind: str = "jpeg") -> SimpleUploadedFile:
    made = io.BytesIO()
    page_with(*texts).save(made, kind)
    return SimpleUploadedFile(f"invoice.{kind}", made.getvalue(), f"image/{kind}")


def pdf(*texts: str) -> SimpleUploadedFile:
    """A page before it, and then the page with the codes."""
    made = io.BytesIO()
    first = Image.new("L", (1240, 1754), "white")
    first.save(made, "PDF", resolution=150, save_all=True, append_images=[page_with(*texts)])
    return SimpleUploadedFile("invoice.pdf", made.getvalue(), "application/pdf")


def bomb() -> SimpleUploadedFile:
    """A small file of a picture with 400 million points."""
    made = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(made, "png")
    return SimpleUploadedFile("invoice.png", made.getvalue(), "image/png")
