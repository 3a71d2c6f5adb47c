"""Files that belong to a case: checked when they come, stored under a random name, read by permission only.

Each app registers its kinds in AppConfig.ready() with the rule who may read them; a kind that nobody registered is
read by nobody. A file is on the disk before its row is written: a row never names a file that is not there, and what a
rolled-back transaction leaves on the disk belongs to nobody and harms nothing.
"""

import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.filetypes import TYPES, FileType, WrongContent
from core.models import Case, Document
from core.workflow import Refusal

DOCUMENT_TYPES = ("pdf", "jpeg", "png", "docx", "xlsx", "odt", "ods")
PICTURE_TYPES = ("jpeg", "png")
SCAN_TYPES = ("pdf", "jpeg", "png")
LONGEST_NAME = 120
MB = 1024 * 1024


class CannotStore(Refusal):
    """The file could not be written; nothing was saved."""

    status_code = 503


class FileMissing(Refusal):
    """The row is there, its file cannot be read just now."""

    status_code = 503


# --- Who may read what -------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """What an app said about one kind of its documents."""

    can_read: Callable[[Any, Document], bool]
    label: str | Promise


_kinds: dict[str, Kind] = {}


def register(kind: str, *, can_read: Callable[[Any, Document], bool], label: str | Promise) -> None:
    """Say who may read the documents of a kind: can_read(user, document). `label` names the kind for people."""
    _kinds[kind] = Kind(can_read, label)


def may_read(user: Any, document: Document) -> bool:
    """Whether a person may read a document."""
    kind = _kinds.get(document.kind)
    return kind is not None and user.is_authenticated and kind.can_read(user, document)


def label_of(document: Document) -> str:
    """What a document is, in words."""
    kind = _kinds.get(document.kind)
    return str(kind.label) if kind else document.kind


# --- Checking what comes -------------------------------------------------------------------------


def check_upload(
    file: UploadedFile, *, kinds: Iterable[str] = DOCUMENT_TYPES, max_bytes: int | None = None
) -> FileType:
    """Whether an uploaded file may come in; answers what it is.

    Its name and its content must be of one of the allowed kinds, and its size within the limit. What the browser
    says of its type counts for nothing. Raises ValidationError with the sentence for the person.
    """
    kinds, most = tuple(kinds), max_bytes or settings.UPLOAD_MAX_BYTES
    if not file.size:
        raise ValidationError(_("This file is empty. Choose another one."), code="empty")
    if file.size > most:
        raise ValidationError(
            _("This file is too large: %(size)s. The most is %(most)s.")
            % {"size": in_megabytes(file.size), "most": in_megabytes(most)},
            code="too_large",
        )
    found = _by_name(clean_name(file.name or ""), kinds)
    if found is None:
        raise ValidationError(
            _("Files of this type are not accepted. Choose one of these: %(kinds)s.")
            % {"kinds": _labels(kinds)},
            code="type",
        )
    try:
        found.check(file.file if isinstance(file, File) and file.file else file, file.size)  # type: ignore[arg-type]
    except WrongContent as error:
        raise ValidationError(str(error), code="content") from error
    finally:
        file.seek(0)
    return found


def _by_name(name: str, kinds: tuple[str, ...]) -> FileType | None:
    ending = PurePosixPath(name).suffix.lower()
    return next((TYPES[kind] for kind in kinds if ending in TYPES[kind].extensions), None)


def clean_name(name: str) -> str:
    """A file's name as we keep and show it: no path, no control or direction marks, bounded, never empty."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(
        " " if c.isspace() else c for c in name if unicodedata.category(c)[0] != "C" or c.isspace()
    )
    name = re.sub(r'[<>:"|?*%;]', "_", name)
    name = re.sub(r" +", " ", name).strip().rstrip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = name, ""
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending) - 1] or _("document")
    return f"{stem}.{ending}" if ending else stem


def in_megabytes(size: int) -> str:
    """`2,3 MB`."""
    return f"{max(size / MB, 0.1):.1f}".replace(".", ",").removesuffix(",0") + "\N{NO-BREAK SPACE}MB"


def _labels(kinds: Iterable[str]) -> str:
    return ", ".join(str(TYPES[kind].label) for kind in kinds)


def limits(kinds: Iterable[str], max_bytes: int) -> Promise | str:
    """The hint of a file field: what may be handed in, said before somebody tries."""
    labels: list[Any] = []
    for kind in kinds:
        labels += [", ", TYPES[kind].label] if labels else [TYPES[kind].label]
    return format_lazy(
        gettext_lazy("{kinds}. At most {most}."),
        kinds=format_lazy("{}" * len(labels), *labels),
        most=in_megabytes(max_bytes),
    )


def accepted(kinds: Iterable[str]) -> str:
    """The `accept` attribute of a file field."""
    return ",".join(ending for kind in kinds for ending in TYPES[kind].extensions)


# --- Storing ---------------------------------------------------------------------------------------


def store(*, case: Case, kind: str, owner_id: int, upload: UploadedFile, by: Any, now: datetime) -> Document:
    """Keep an uploaded file. It is checked here again, whichever form it came through."""
    found = check_upload(upload)
    return _store(
        upload,
        case=case,
        kind=kind,
        owner_id=owner_id,
        filename=clean_name(upload.name or ""),
        content_type=found.content_type,
        uploaded_by=by,
        created_at=now,
    )


def store_bytes(
    *,
    case: Case,
    kind: str,
    owner_id: int,
    filename: str,
    content_type: str,
    data: bytes,
    by: Any,
    now: datetime,
    content_hash: str = "",
) -> Document:
    """Keep what the system made itself (a PDF, an export)."""
    return _store(
        File(io.BytesIO(data), name=filename),
        case=case,
        kind=kind,
        owner_id=owner_id,
        filename=clean_name(filename),
        content_type=content_type,
        uploaded_by=by,
        created_at=now,
        content_hash=content_hash,
    )


class _Measured(File):
    """A file that is hashed and counted while it is copied, so that the row says what was really written."""

    def __init__(self, file: Any, name: str | None):
        super().__init__(file, name)
        self.digest, self.length = hashlib.sha256(), 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for chunk in super().chunks(chunk_size):
            self.digest.update(chunk)
            self.length += len(chunk)
            yield chunk


def _store(file: File, **columns: Any) -> Document:
    document = Document(**columns)
    measured = _Measured(file.file, file.name)
    try:
        document.file.save("", measured, save=False)
    except OSError as error:
        raise CannotStore(
            _("The file could not be stored just now, and nothing was saved. Try again later.")
        ) from error
    document.size, document.sha256 = measured.length, measured.digest.hexdigest()
    document.save(force_insert=True)
    return document


def open_file(document: Document) -> File:
    """The stored file itself, to be read; OSError when it is not there."""
    return document.file.storage.open(str(document.file.name), "rb")


def is_whole(document: Document) -> bool:
    """Whether the file is there, byte for byte as it was stored."""
    digest = hashlib.sha256()
    try:
        with open_file(document) as file:
            for chunk in file.chunks():
                digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == document.sha256


# --- Whether a document is genuine ------------------------------------------------------------------


@dataclass(frozen=True)
class Genuine:
    """A document that the programme made, and whether a later one took its place."""

    document: Document
    label: str
    current: bool


def genuine(code: str) -> list[Genuine]:
    """The documents that print this content hash: none when it is not one of ours. Whoever holds the paper has the
    code, and nobody can guess one."""
    if not re.fullmatch(r"[0-9a-f]{64}", code):
        return []
    later = Document.objects.filter(
        case=OuterRef("case"),
        kind=OuterRef("kind"),
        owner_id=OuterRef("owner_id"),
        created_at__gt=OuterRef("created_at"),
    ).exclude(content_hash__in=["", code])
    found = Document.objects.filter(content_hash=code).annotate(replaced=Exists(later))
    latest = {row.kind: row for row in found.select_related("case").order_by("id")}
    return [Genuine(row, label_of(row), not row.replaced) for row in latest.values()]
