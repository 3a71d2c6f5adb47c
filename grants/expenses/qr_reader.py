"""Looks for QR codes in a picture or a PDF. A program of its own, with no part of the site in it: it reads the file from its
standard input and writes a JSON list of the texts of the codes.

What people upload may be made to harm: this process may take little memory and little time, opens no other file, and what
kills it kills nothing else. grants.expenses.qr starts it and judges what it found.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 8
MOST_BYTES = 64 * 1024 * 1024
# Before anything is decoded. A telephone makes 50 million; a page at 600 dots an inch has 35.
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 3600
MOST_PAGES = 4
DOTS_AN_INCH = (150, 300)
MOST_CODES = 8
LONGEST_TEXT = 2_000


def limit() -> None:
    """From here on: so much memory, so much time of the processor, and nothing is written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pictures_of(data: bytes) -> Iterator[Any]:
    """What is to be looked at, one after the other: a photograph at two sizes, or the first pages of a PDF."""
    yield from pages_of(data) if data.startswith(b"%PDF") else photographs_of(data)


def photographs_of(data: bytes) -> Iterator[Any]:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too many points")
        # A JPEG is reduced while it is decoded.
        picture.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
        grey = picture.convert("L")
    for side in (LONGEST_SIDE, LONGEST_SIDE // 3):
        grey.thumbnail((side, side))
        yield grey


def pages_of(data: bytes) -> Iterator[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    for dots in DOTS_AN_INCH:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            longest = max(*page.get_size(), 1.0)
            yield page.render(scale=min(dots / 72, LONGEST_SIDE / longest), grayscale=True).to_pil()


def codes_of(data: bytes) -> list[str]:
    """The texts of the QR codes of the first picture that has any."""
    import zxingcpp

    for picture in pictures_of(data):
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode"))
        if texts := [code.text[:LONGEST_TEXT] for code in found[:MOST_CODES] if code.text]:
            return list(dict.fromkeys(texts))
    return []


if __name__ == "__main__":
    limit()
    json.dump(codes_of(sys.stdin.buffer.read(MOST_BYTES)), sys.stdout)
