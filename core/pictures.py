"""Photographs of the pages of a paper, joined into one PDF.

Nothing is decoded before its type, its sides and its weight were looked at; one picture is in memory at a time, and one
joining at a time in each process. What a telephone writes into a photograph (place, hour, device) stays behind.
"""

import re
import threading
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from core import documents

MOST_PICTURES = 20
# Together, in limits of one file.
MOST_TOGETHER = 6
MOST_PIXELS = 50_000_000
# (longest side, quality of the JPEG): the next one is tried when the PDF came out too large.
SIZES = ((2000, 80), (1400, 70))
LONG_SIDE_OF_A4 = 11.69  # inches

_one_at_a_time = threading.Lock()
# The same pictures make the same file, whenever they are joined.
_NO_DAY = time.gmtime(0)


class JoinedUpload(UploadedFile):
    """The PDF, as a form receives a file. What came in parts for it goes when it is stored."""

    def __init__(self, file: Any, name: str, size: int, sources: Sequence[UploadedFile]):
        super().__init__(file, name, "application/pdf", size)
        self._sources = sources

    def forget(self) -> None:
        for source in self._sources:
            if forget := getattr(source, "forget", None):
                forget()


def join(files: Sequence[UploadedFile], *, name: str = "", max_bytes: int | None = None) -> JoinedUpload:
    """One PDF with a page for each picture, in the order of their names. ValidationError with the sentence otherwise."""
    max_bytes = max_bytes or settings.UPLOAD_MAX_BYTES
    _check(files, max_bytes)
    ordered = sorted(files, key=lambda file: _natural(file.name or ""))
    name = documents.clean_name(f"{name or Path(ordered[0].name or '').stem}.pdf")
    with _one_at_a_time:
        for longest, quality in SIZES:
            made = _write(ordered, longest, quality, name)
            size = made.seek(0, 2)
            made.seek(0)
            if size <= max_bytes:
                return JoinedUpload(made, name, size, files)
            made.close()
    raise ValidationError(
        _("These pictures make a PDF that is too large. The most is %(most)s: choose fewer.")
        % {"most": documents.in_megabytes(max_bytes)},
        code="too_large",
    )


def _check(files: Sequence[UploadedFile], max_bytes: int) -> None:
    """What can be said before any picture is opened."""
    if len(files) > MOST_PICTURES:
        raise ValidationError(
            _("At most %(n)d pictures become one PDF.") % {"n": MOST_PICTURES}, code="too_many"
        )
    if sum(file.size or 0 for file in files) > MOST_TOGETHER * max_bytes:
        raise ValidationError(
            _("These pictures are too large together. The most is %(most)s.")
            % {"most": documents.in_megabytes(MOST_TOGETHER * max_bytes)},
            code="too_large",
        )
    for file in files:
        if Path(file.name or "").suffix.lower() not in (".jpg", ".jpeg", ".png"):
            raise ValidationError(
                _("Only pictures (JPEG, PNG) become one PDF: “%(name)s” is none.") % {"name": file.name},
                code="no_picture",
            )
        documents.check_upload(file, kinds=documents.PICTURE_TYPES)


def _write(files: Sequence[UploadedFile], longest: int, quality: int, name: str) -> Any:
    """The PDF in a temporary file, one page after the other."""
    made = documents.scratch()  # the caller closes it
    try:
        for number, file in enumerate(files):
            with _page(file, longest) as page:
                made.seek(0)
                page.save(
                    made,
                    "PDF",
                    append=number > 0,
                    quality=quality,
                    resolution=max(page.size) / LONG_SIDE_OF_A4,
                    # Written anew with each page: the day of the machine is no part of the paper.
                    **(
                        {}
                        if number
                        else {"creationDate": _NO_DAY, "modDate": _NO_DAY, "title": Path(name).stem}
                    ),
                )
    except BaseException:
        made.close()
        raise
    return made


def _page(file: UploadedFile, longest: int) -> Image.Image:
    """A picture as it is looked at: upright, reduced, on white, without anything else that its file says."""
    file.seek(0)
    # WeasyPrint, where it was imported, lets Pillow fill up what is missing of a picture; we want to say it.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file.file, formats=["JPEG", "PNG"]) as picture:  # type: ignore[arg-type]
                if picture.width * picture.height > MOST_PIXELS:
                    raise ValidationError(
                        _("“%(name)s” is too large: %(width)s × %(height)s points. Reduce it first.")
                        % {"name": file.name, "width": picture.width, "height": picture.height},
                        code="too_large",
                    )
                # A JPEG is reduced while it is decoded.
                picture.draft("RGB", (longest, longest))
                ImageOps.exif_transpose(picture, in_place=True)
                picture.thumbnail((longest, longest))
                page = Image.new("RGB", picture.size, "white")
                if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
                    clear = picture.convert("RGBA")
                    page.paste(clear, mask=clear)
                else:
                    page.paste(picture.convert("RGB"))
                return page
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ValidationError(
            _("“%(name)s” cannot be read as a picture. Save it again and choose it once more.")
            % {"name": file.name},
            code="content",
        ) from error
    finally:
        file.seek(0)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Names in the order in which people count: IMG_2 before IMG_10."""
    pieces = re.findall(r"\d+|\D+", name.casefold())
    return [(0, int(piece[:30]), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]
