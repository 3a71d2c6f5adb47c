"""What a file is: by its name and by its content, without opening more of it than its head and its table of contents.

Nothing here decodes a picture or unpacks an archive: a bomb is refused by what it says of itself.
"""

import copy
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# More than any camera of a phone takes, less than what fills a machine's memory when somebody opens it.
MOST_PIXELS = 120_000_000
LONGEST_SIDE = 30_000
# How often a JPEG goes over its points: cameras and programs do so about ten times, and each time costs as much as the
# whole picture, however few its bytes are.
MOST_SCANS = 30
MOST_MARKERS = 2_000
MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
PIECE = 64 * 1024
# What office programs write. The others unpack a few hundred bytes to a gigabyte, and not piece by piece.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


# What a broken archive makes the library raise.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


class WrongContent(Exception):
    """The content is not what the name says, with the sentence for the person."""


@dataclass(frozen=True)
class FileType:
    """One kind of file that people may hand in."""

    name: str
    label: str | Promise
    extensions: tuple[str, ...]
    content_type: str
    check: Callable[[IO[bytes], int], None]


def _not_this(label: str | Promise) -> WrongContent:
    return WrongContent(
        _("This is not a whole %(kind)s file, whatever its name says. Save it again and choose it once more.")
        % {"kind": label}
    )


# --- PDF -----------------------------------------------------------------------------------------


def check_pdf(file: IO[bytes], size: int) -> None:
    """Begins as a PDF and has an end: a broken transfer has none."""
    if _head(file, 5) != b"%PDF-" or b"%%EOF" not in _tail(file, size, 2048):
        raise _not_this("PDF")


# --- Pictures --------------------------------------------------------------------------------------


def check_png(file: IO[bytes], size: int) -> None:
    """A PNG with bounded sides, and its last chunk."""
    head = _head(file, 24)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR" or b"IEND" not in _tail(file, size, 64):
        raise _not_this("PNG")
    _check_sides(*struct.unpack(">II", head[16:24]))


def check_jpeg(file: IO[bytes], size: int) -> None:
    """A JPEG with bounded sides, and its end (some cameras add a little after it)."""
    if _head(file, 3) != b"\xff\xd8\xff" or b"\xff\xd9" not in _tail(file, size, 65536):
        raise _not_this("JPEG")
    sides = list(_frames(file, size))
    if not sides:
        raise _not_this("JPEG")
    for width, height in sides:
        _check_sides(width, height)
    _check_scans(file)


def _frames(file: IO[bytes], size: int) -> Iterator[tuple[int, int]]:
    """Width and height of each frame header before the picture itself."""
    at = 2
    for _turn in range(2_000):
        file.seek(at)
        marker = file.read(4)
        if len(marker) < 4 or marker[0] != 0xFF:
            return
        if marker[1] == 0xFF:  # padding
            at += 1
            continue
        kind, length = marker[1], struct.unpack(">H", marker[2:4])[0]
        if kind == 0xDA or length < 2 or at + length > size:
            return
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            body = file.read(5)
            if len(body) == 5:
                height, width = struct.unpack(">HH", body[1:5])
                yield width, height
        at += 2 + length


MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")


def _check_scans(file: IO[bytes]) -> None:
    """Walk from marker to marker, as who decodes it does; what a camera adds after the end is not looked at."""
    file.seek(0)
    content, at, scans = file.read(), 2, 0
    for _turn in range(MOST_MARKERS):
        found = MARKER.search(content, at)
        kind = found[1][0] if found else 0xD9
        if found is None or kind == 0xD9:
            return
        scans += kind == 0xDA
        if scans > MOST_SCANS:
            break
        at = found.end()
        if kind not in (0x01, 0xD8):
            at += int.from_bytes(content[at : at + 2])
    raise WrongContent(
        _("This picture is put together from too many parts. Save it again and choose it once more.")
    )


def _check_sides(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise WrongContent(_("This picture has no size. Save it again and choose it once more."))
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise WrongContent(
            _("This picture is too large: %(width)s × %(height)s points. Reduce it first.")
            % {"width": width, "height": height}
        )


# --- Office files: archives ------------------------------------------------------------------------


def _office(label: str, parts: tuple[str, ...], mimetype: str = "") -> Callable[[IO[bytes], int], None]:
    """A check for an archive that holds `parts`; `mimetype` is the first entry of an OpenDocument file."""

    def check(file: IO[bytes], size: int) -> None:
        with _bounded(file, size, label) as archive:
            names = set(archive.namelist())
            if not set(parts) <= names:
                raise _not_this(label)
            if any(
                name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names
            ):
                raise WrongContent(_("This file has macros or programs inside. Save it without them."))
            if any(name.startswith("Basic/") for name in names):
                raise WrongContent(_("This file has macros or programs inside. Save it without them."))
            if mimetype:
                entry = archive.getinfo("mimetype")
                if entry.file_size > 200 or _text(archive, entry, label) != mimetype:
                    raise _not_this(label)

    return check


def _bounded(file: IO[bytes], size: int, label: str) -> zipfile.ZipFile:
    """The archive, if its table of contents is short and what it unpacks to is bounded."""
    if _head(file, 4) != b"PK\x03\x04":
        raise _not_this(label)
    tail = _tail(file, size, 65_557)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise _not_this(label)
    # Counted before the table is read: reading a long one is already work.
    if struct.unpack("<H", tail[at + 10 : at + 12])[0] > MOST_ENTRIES:
        raise WrongContent(_("This file holds too many parts."))
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise _not_this(label) from error
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise WrongContent(_("This file would unpack to something far too large."))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise WrongContent(_("This file is locked with a password. Save it without one."))
    if any(entry.compress_type not in METHODS for entry in entries):
        raise _not_this(label)
    return archive


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, label: str) -> str:
    try:
        return unpacked(archive, entry).decode("latin-1").strip()
    except BROKEN as error:
        raise _not_this(label) from error


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The content of an entry that is as long as its table of contents says; raises one of BROKEN for any other.

    `zipfile` unpacks all that is there, in memory, before it cuts it to that length: here it comes a piece at a time,
    and never more than one byte too much.
    """
    asked = copy.copy(entry)
    asked.file_size += 1
    with archive.open(asked) as file:
        content = b"".join(iter(lambda: file.read(PIECE), b""))
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile("not of the length that it claims")
    return content


def _head(file: IO[bytes], length: int) -> bytes:
    file.seek(0)
    return file.read(length)


def _tail(file: IO[bytes], size: int, length: int) -> bytes:
    file.seek(max(size - length, 0))
    return file.read(length)


ODF = "application/vnd.oasis.opendocument."
OOXML = "application/vnd.openxmlformats-officedocument."

TYPES: dict[str, FileType] = {
    made.name: made
    for made in (
        FileType("pdf", "PDF", (".pdf",), "application/pdf", check_pdf),
        FileType("jpeg", gettext_lazy("JPEG picture"), (".jpg", ".jpeg"), "image/jpeg", check_jpeg),
        FileType("png", gettext_lazy("PNG picture"), (".png",), "image/png", check_png),
        FileType(
            "docx",
            "DOCX",
            (".docx",),
            f"{OOXML}wordprocessingml.document",
            _office("DOCX", ("[Content_Types].xml", "word/document.xml")),
        ),
        FileType(
            "xlsx",
            "XLSX",
            (".xlsx",),
            f"{OOXML}spreadsheetml.sheet",
            _office("XLSX", ("[Content_Types].xml", "xl/workbook.xml")),
        ),
        FileType(
            "odt",
            "ODT",
            (".odt",),
            f"{ODF}text",
            _office("ODT", ("mimetype", "content.xml"), f"{ODF}text"),
        ),
        FileType(
            "ods",
            "ODS",
            (".ods",),
            f"{ODF}spreadsheet",
            _office("ODS", ("mimetype", "content.xml"), f"{ODF}spreadsheet"),
        ),
    )
}
