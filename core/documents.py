"""Files that belong to a case: checked when they come, stored under a random name, read by permission only.

Each app registers its kinds in AppConfig.ready() with the rule who may read them; a kind that nobody registered is
read by nobody. A file is on the disk before its row is written: a row never names a file that is not there, and what a
rolled-back transaction leaves on the disk belongs to nobody and harms nothing.
"""

import hashlib
import io
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import doorbell
from core.filetypes import TYPES, FileType, WrongContent
from core.models import Case, Document
from core.workflow import Refusal

DOCUMENT_TYPES = ("pdf", "jpeg", "png", "docx", "xlsx", "odt", "ods")
PICTURE_TYPES = ("jpeg", "png")
SCAN_TYPES = ("pdf", "jpeg", "png")
# What telephones save photographs as, and many programs cannot read.
HEIC = (".heic", ".heif")
LONGEST_NAME = 120
# No disk keeps a name of more than 255; an emoji is four or more of them.
MOST_NAME_BYTES = 240
MB = 1024 * 1024


class CannotStore(Refusal):
    """The file could not be written; nothing was saved."""

    status_code = 503


class FileMissing(Refusal):
    """The row is there, its file cannot be read just now."""

    status_code = 503


class NotScanned(Refusal):
    """The virus scanner has not looked at the file yet: nobody has it before."""


class Infected(Refusal):
    """The virus scanner found something, and the bytes are gone."""

    status_code = 410


# --- Who may read what -------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """What an app said about one kind of its documents."""

    can_read: Callable[[Any, Document], bool]
    label: str | Promise
    # Called as infected(document, now) in the transaction in which the virus scanner's word is written down.
    infected: Callable[[Document, datetime], None] | None = None
    # Whether what is on record has moved on from what a document says, be there a later paper of it or not.
    overtaken: Callable[[Document], bool] | None = None


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    *,
    can_read: Callable[[Any, Document], bool],
    label: str | Promise,
    infected: Callable[[Document, datetime], None] | None = None,
    overtaken: Callable[[Document], bool] | None = None,
) -> None:
    """Say who may read the documents of a kind: can_read(user, document). `label` names the kind for people.

    `infected(document, now)` tells others than the uploader when the virus scanner refused one; `overtaken(document)` says
    whether what is on record has moved on from what a document says.
    """
    _kinds[kind] = Kind(can_read, label, infected, overtaken)


def kind_of(document: Document) -> Kind | None:
    """What an app said about this kind of document."""
    return _kinds.get(document.kind)


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
    if ending in HEIC and "jpeg" in kinds:
        raise ValidationError(
            _(
                "Photographs of the kind HEIC are not accepted. Send it as a JPEG: on an iPhone choose Settings, Camera, "
                "Formats, “Most Compatible”, or share the photograph by e-mail or WhatsApp to yourself first."
            ),
            code="heic",
        )
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
    stem = stem.strip(" .")[: LONGEST_NAME - len(ending) - 1]
    stem = stem.encode()[: MOST_NAME_BYTES - len(ending.encode()) - 1].decode(errors="ignore").rstrip(" .")
    stem = stem or _("document")
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
    document = _store(
        upload,
        case=case,
        kind=kind,
        owner_id=owner_id,
        filename=clean_name(upload.name or ""),
        content_type=found.content_type,
        uploaded_by=by,
        created_at=now,
        scan=Document.Scan.PENDING if settings.CLAMD_URL else "",
    )
    if document.scan:
        doorbell.ring_on_commit("core.tasks.scan_files")
    # One that came in parts (core.uploads) is not needed any more.
    if forget := getattr(upload, "forget", None):
        forget()
    return document


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
    return store_file(
        case=case,
        kind=kind,
        owner_id=owner_id,
        filename=filename,
        content_type=content_type,
        file=io.BytesIO(data),
        by=by,
        now=now,
        content_hash=content_hash,
    )


def store_file(
    *,
    case: Case,
    kind: str,
    owner_id: int,
    filename: str,
    content_type: str,
    file: IO[bytes],
    by: Any,
    now: datetime,
    content_hash: str = "",
) -> Document:
    """The same for what is too large to hold in memory: an open file, read from its beginning."""
    return _store(
        File(file, name=filename),
        case=case,
        kind=kind,
        owner_id=owner_id,
        # A number of an act may have a slash: in a name it is no path.
        filename=clean_name(re.sub(r"(?<=\w)[/\\](?=\w)", "-", filename)),
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


def scratch() -> IO[bytes]:
    """A temporary file on the disk of the documents, where there is room for them: elsewhere it may be memory."""
    try:
        folder: str | None = default_storage.path("")
        Path(str(folder)).mkdir(parents=True, exist_ok=True)
    except NotImplementedError:
        folder = None  # a storage that is no disk of ours
    return tempfile.TemporaryFile(dir=folder)


def open_file(document: Document) -> File:
    """The stored file, to be read; OSError when it is not there. A file that the virus scanner has not passed is opened
    for nobody: NotScanned, Infected."""
    if sentence := why_closed(document):
        raise (NotScanned if document.scan == Document.Scan.PENDING else Infected)(sentence)
    return open_unscanned(document)


def open_unscanned(document: Document) -> File:
    """The stored file, for the scanner itself and for whoever only counts its bytes."""
    return document.file.storage.open(str(document.file.name), "rb")


def why_closed(document: Document) -> str:
    """Why nobody can have the file now, in a sentence; "" when they can."""
    if document.scan == Document.Scan.PENDING:
        return _("This file is being checked by the virus scanner. Try again in a few minutes.")
    if document.scan == Document.Scan.INFECTED:
        return _(
            "The virus scanner found something in this file. It was refused, and its content was deleted."
        )
    return ""


def is_whole(document: Document) -> bool:
    """Whether the file is there, byte for byte as it was stored."""
    digest = hashlib.sha256()
    try:
        with open_unscanned(document) as file:
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
    return [Genuine(row, label_of(row), not _is_over(row)) for row in latest.values()]


def _is_over(document: Any) -> bool:
    """By what its app says, else by whether a later paper says something else."""
    kind = _kinds.get(document.kind)
    return kind.overtaken(document) if kind and kind.overtaken else document.replaced
