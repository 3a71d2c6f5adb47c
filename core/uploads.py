"""Files that come in parts, so that an interrupted upload goes on where it stopped.

A row says how much has come; each part is a file of its own in the storage of documents, named by where it begins, so
that any storage will do and a part that came twice replaces itself. A part is written under the row's lock, and only
where the last one ended: any number of web processes may take parts of one file. A form takes a whole file over by its
key, in the field `<name>-upload`, which the middleware puts where a plain file would be.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core.documents import clean_name, in_megabytes, scratch
from core.models import Upload
from core.workflow import Refusal

# A part is what a poor connection carries in some seconds; the server takes larger ones too, and refuses crumbs.
PART = 128 * 1024
MOST_PART = 512 * 1024
LEAST_PART = 16 * 1024
# Files on their way, of one person.
MOST_OPEN = 20
KEPT = dt.timedelta(days=1)
FOLDER = "uploads"
# The field that carries the key of a file in place of the file.
ENDING = "-upload"


class CannotUpload(Refusal):
    """This upload cannot be made, or this part of it, with the sentence why."""

    status_code = 400


class TooLarge(CannotUpload):
    """Larger than a file, or a part, may be."""

    status_code = 413


class NoRoom(Refusal):
    """A part could not be written."""

    status_code = 503


class WrongOffset(Refusal):
    """The part begins somewhere else than where the last one ended. `offset` says where that is."""

    def __init__(self, offset: int):
        super().__init__(_("The file goes on from another place."))
        self.offset = offset


# --- Receiving ---------------------------------------------------------------------------------------


@transaction.atomic
def begin(*, by: Any, filename: str, size: int, now: dt.datetime) -> Upload:
    """Announce a file. Of a person's unfinished ones the oldest gives way, so that nobody fills the disk."""
    if size < 1:
        raise CannotUpload(_("This file is empty. Choose another one."))
    if size > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(
            _("This file is too large: %(size)s. The most is %(most)s.")
            % {"size": in_megabytes(size), "most": in_megabytes(settings.UPLOAD_MAX_BYTES)}
        )
    # Locked, so that several at the same moment count each other.
    get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
    for old in Upload.objects.filter(user=by).order_by("-updated_at", "-id")[MOST_OPEN - 1 :]:
        _remove(old)
    key = uuid.uuid4()
    return Upload.objects.create(
        key=key,
        user=by,
        filename=clean_name(filename),
        size=size,
        path=f"{FOLDER}/{key.hex}",
        created_at=now,
        updated_at=now,
    )


def find(by: Any, key: Any) -> Upload | None:
    """A person's own upload; None for a key that is nobody's, or somebody else's."""
    found = _read_key(key)
    return Upload.objects.filter(user=by, key=found).first() if found else None


def append(upload: Upload, *, offset: int, part: bytes, now: dt.datetime) -> Upload:
    """Add a part. Raises WrongOffset, TooLarge or CannotUpload; then nothing has changed."""
    with transaction.atomic():
        fresh = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if fresh is None:
            raise CannotUpload(_("This upload is not there any more. Choose the file again."))
        if offset != fresh.received:
            raise WrongOffset(fresh.received)
        left = fresh.size - fresh.received
        if len(part) > min(left, MOST_PART):
            raise TooLarge(_("This part is larger than what is still to come."))
        if len(part) < min(left, LEAST_PART):
            raise CannotUpload(_("This part is too small."))
        name = _part(fresh, offset)
        try:
            # What a request left here that died before its row was written.
            default_storage.delete(name)
            default_storage.save(name, ContentFile(part))
        except OSError as error:
            raise NoRoom(_("The file could not be stored just now. Try again later.")) from error
        fresh.received += len(part)
        fresh.updated_at = now
        fresh.save(update_fields=["received", "updated_at"])
    return fresh


def _part(upload: Upload, offset: int) -> str:
    return f"{upload.path}/{offset:012}"


def _parts(upload: Upload) -> Iterator[bytes]:
    """The parts in order. Raises OSError when one is not there."""
    at = 0
    while at < upload.received:
        with default_storage.open(_part(upload, at), "rb") as file:
            part = file.read(MOST_PART + 1)
        if not part:
            raise OSError("an empty part")
        at += len(part)
        yield part


# --- Taking over -------------------------------------------------------------------------------------


class TakenUpload(UploadedFile):
    """A file that came in parts, as a form receives it: put together in a temporary file when it is first read.

    It stays for the next try when the form comes back with errors, and goes once it was stored (core.documents).
    """

    # A field said what is wrong with it: the form that comes back does not offer it once more.
    refused = False

    def __init__(self, upload: Upload):
        self._upload = upload
        self._whole: IO[bytes] | None = None
        super().__init__(None, upload.filename, "application/octet-stream", upload.size)

    @property
    def key(self) -> str:
        return str(self._upload.key)

    @property
    def file(self) -> IO[bytes]:  # type: ignore[override]
        if self._whole is None:
            self._whole = _together(self._upload)
        return self._whole

    @file.setter
    def file(self, value: IO[bytes] | None) -> None:
        self._whole = value

    def close(self) -> None:
        if self._whole is not None:
            self._whole.close()

    def forget(self) -> None:
        """It was stored: once this transaction is in the database, the parts go."""
        transaction.on_commit(lambda: discard(self._upload))


def keep(*, by: Any, file: UploadedFile, now: dt.datetime) -> TakenUpload:
    """A file that came whole, kept like one that came in parts: for a form that goes back to the person, whose browser would
    forget which file was chosen. Raises CannotUpload or NoRoom."""
    upload = begin(by=by, filename=file.name or "", size=file.size or 0, now=now)
    file.seek(0)
    while part := file.read(MOST_PART):
        upload = append(upload, offset=upload.received, part=part, now=now)
    return TakenUpload(upload)


class LostUpload(UploadedFile):
    """A key without a whole file of this person behind it. The form's field says so."""

    def __init__(self) -> None:
        super().__init__(None, "-", "application/octet-stream", 0)


def _together(upload: Upload) -> IO[bytes]:
    whole = scratch()  # closed with the request's files
    try:
        for part in _parts(upload):
            whole.write(part)
    except OSError as error:
        whole.close()
        raise ValidationError(lost(), code="lost") from error
    if whole.tell() != upload.size:
        whole.close()
        raise ValidationError(lost(), code="lost")
    whole.seek(0)
    return whole


def lost() -> str:
    """What the person reads when a file that came in parts is not whole."""
    return _("This file did not arrive whole. Choose it again.")


def take_over(by: Any, posted: QueryDict, files: MultiValueDict) -> None:
    """Put the files whose keys a form carries where the plain ones would be. A plain file of the same field wins."""
    asked: dict[str, list[str]] = {}
    for field in posted:
        name = field.removesuffix(ENDING)
        keys = [key for key in dict.fromkeys(posted.getlist(field)) if key]
        if field.endswith(ENDING) and name and keys and name not in files:
            asked[name] = keys
    if not asked:
        return
    wanted = {found for keys in asked.values() for key in keys if (found := _read_key(key))}
    mine = {row.key: row for row in Upload.objects.filter(user=by, key__in=wanted) if row.is_whole}
    for name, keys in asked.items():
        rows = [mine.get(found) if (found := _read_key(key)) else None for key in keys]
        files.setlist(name, [TakenUpload(row) if row else LostUpload() for row in rows])


def _read_key(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


# --- Sweeping ----------------------------------------------------------------------------------------


def discard(upload: Upload) -> None:
    """Forget an upload and its parts. One that is gone already is no error."""
    with transaction.atomic():
        _remove(upload)


def _remove(upload: Upload) -> None:
    """The row in this transaction, the parts after it: what dies in between is swept."""
    Upload.objects.filter(pk=upload.pk).delete()
    transaction.on_commit(lambda: _clear(upload.path), robust=True)


def _clear(folder: str) -> None:
    try:
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
    except OSError:
        return  # never begun, or cleared by another


def sweep(now: dt.datetime) -> int:
    """Clear uploads that nobody went on with for a day, and folders without a row. Answers how many rows went."""
    old = list(Upload.objects.filter(updated_at__lt=now - KEPT))
    for upload in old:
        discard(upload)
    try:
        folders = default_storage.listdir(FOLDER)[0]
    except OSError:
        return len(old)
    # A row is there before its first part is written: a folder without one belongs to nobody.
    known = {key.hex for key in Upload.objects.values_list("key", flat=True)}
    for folder in folders:
        if folder not in known:
            _clear(f"{FOLDER}/{folder}")
    return len(old)
