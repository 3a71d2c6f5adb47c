"""All files of an application as one ZIP, with an index: made by a worker, kept for a week.

The same files give the same ZIP, byte for byte. It is written to a temporary file, a piece at a time: however much
there is, little of it is in memory.
"""

import datetime as dt
import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from applications import files, letter_paper
from applications.models import Application
from core import dates, documents, jobs
from core.models import Document, Job

KIND = "application_files"
KEPT = dt.timedelta(days=7)
PIECE = 256 * 1024
LONGEST_NAME = 80


@dataclass(frozen=True)
class Entry:
    """One file of the ZIP: the folder of what it answers, its place there, and what became of it."""

    folder: str
    path: str
    part: str
    document: Document
    # Why its content is not in the ZIP; "" when it is.
    missing: str = ""


def ask(application: Application, *, by: User, now: dt.datetime) -> Job:
    """Ask a worker for the ZIP of the files that stand now. The caller has checked that `by` may see the application."""
    language = get_language() or by.language
    stand = [f"{row.pk}:{row.scan}" for part in files.parts_of(application) for row in part.documents]
    digest = hashlib.sha256(" ".join(stand).encode()).hexdigest()[:32]
    return jobs.ask(
        kind=KIND,
        key=f"{KIND}:{application.pk}:{language}:{digest}",
        by=by,
        now=now,
        params={"application": application.pk},
        case=application.case,
        language=language,
    )


def page(job: Job) -> tuple[str, str]:
    """The case whose files they are."""
    return reverse("application_detail", args=[job.params["application"]]), _("The application")


def make(job: Job, progress: jobs.Progress) -> Document:
    """Write the ZIP: the work of the job."""
    application = Application.objects.select_related("case", "group", "call").get(
        pk=job.params["application"]
    )
    entries = list(entries_of(application))
    if not entries:
        raise jobs.JobFailed(_("There is no file to download."))
    with documents.scratch() as made:
        write(made, application, entries, progress)
        made.seek(0)
        return documents.store_file(
            case=application.case,
            kind=KIND,
            owner_id=application.pk,
            filename=_("%(name)s-files.zip")
            % {"name": application.reference or slugify(str(application.group))},
            content_type="application/zip",
            file=made,
            by=job.requested_by,
            now=dates.now(),
        )


def entries_of(application: Application) -> Iterator[Entry]:
    """What goes into the ZIP, numbered as the call asks for it."""
    for number, part in enumerate(files.parts_of(application), 1):
        folder = f"{number:02}-{slugify(part.code)[:40] or 'x'}"
        for place, document in enumerate(part.documents, 1):
            path = f"{folder}/{place:02}-{_short(document.filename)}"
            yield Entry(folder, path, part.name, document, documents.why_closed(document))


def _short(name: str) -> str:
    """A file's name that every system takes: it was cleaned when it came, and a number stands before it."""
    stem, dot, ending = documents.clean_name(name).rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending}"


def write(made: IO[bytes], application: Application, entries: list[Entry], progress: jobs.Progress) -> None:
    """Write the files, then the index and the sums, which say what is really in it."""
    done: list[Entry] = []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for number, entry in enumerate(entries):
            progress(number, len(entries))
            done.append(entry if entry.missing else _copy(archive, entry))
        there = [entry for entry in done if not entry.missing]
        sums = "".join(f"{entry.document.sha256}  {entry.path}\n" for entry in there)
        index = render_to_string(
            "applications/bundle_index.html",
            {"application": application, "entries": done, "language": get_language()},
        )
        last = max(entry.document.created_at for entry in entries)
        archive.writestr(_info("sha256sums.txt", last), sums)
        archive.writestr(_info("index.html", last), index)
    progress(len(entries), len(entries))


def _copy(archive: zipfile.ZipFile, entry: Entry) -> Entry:
    """Copy one file. One that cannot be read, or is not what was stored, is named in the index and left out."""
    document = entry.document
    if not documents.is_whole(document):
        return Entry(entry.folder, entry.path, entry.part, document, _("This file cannot be read just now."))
    with (
        documents.open_file(document) as file,
        archive.open(_info(entry.path, document.created_at), "w") as out,
    ):
        for piece in file.chunks(PIECE):
            out.write(piece)
    return entry


def _info(path: str, moment: dt.datetime) -> zipfile.ZipInfo:
    """An entry with the day on which its file came: nothing in it depends on when the ZIP was made."""
    local = moment.astimezone(dates.BUENOS_AIRES)
    info = zipfile.ZipInfo(path, local.timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info


def sweep(now: dt.datetime) -> int:
    """Take away the ZIPs and the drafts of letters of last week: copies, which can be made again. Answers how many."""
    old = Job.objects.filter(kind__in=(KIND, letter_paper.DRAFT), finished_at__lt=now - KEPT).select_related(
        "result"
    )
    count = 0
    for job in old.iterator():
        _take_away(job)
        count += 1
    return count


def _take_away(job: Job) -> None:
    document: Any = job.result
    with transaction.atomic():
        job.delete()
        if document is not None and not Job.objects.filter(result=document).exists():
            document.delete()
            transaction.on_commit(lambda: document.file.storage.delete(str(document.file.name)), robust=True)
