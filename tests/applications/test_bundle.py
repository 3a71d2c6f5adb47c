"""All files of an application as one ZIP: named safely, the same each time, with an index that says what is in it."""

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import attachments, bundle
from core import documents
from core.models import Document, Job
from tests.applications.staff_pages import browser
from tests.clock import NOON
from tests.core.files import PDF
from tests.factories_applications import application_at, draft, fill, make_call, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def with_files(*names):
    """A draft with these files, each like no other."""
    application = draft()
    attachments.attach(
        by=application.group.representative,
        application=application,
        requirement=application.call.requirements.first(),
        uploads=[
            SimpleUploadedFile(name, PDF + f"% {number}\n%%EOF\n".encode())
            for number, name in enumerate(names)
        ],
        now=NOON,
    )
    return application


def ask(application, user=None) -> Job:
    answer = browser(user or application.group.representative).post(
        reverse("application_files", args=[application.pk])
    )
    assert answer.status_code == 302
    job = Job.objects.get(kind=bundle.KIND, askers=user or application.group.representative)
    assert answer["Location"] == reverse("job", args=[job.pk])
    return job


def opened(job: Job) -> zipfile.ZipFile:
    job.refresh_from_db()
    assert job.state == "done", job.error
    with documents.open_file(job.result) as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_the_files_are_numbered_and_their_sums_listed(worker):
    application = with_files("Acta 1.pdf", "Ácta “final” 😀.pdf")
    job = ask(application)
    worker()
    archive = opened(job)
    assert archive.namelist() == [
        "01-minutes/01-Acta 1.pdf",
        "01-minutes/02-Ácta “final” 😀.pdf",
        "sha256sums.txt",
        "index.html",
    ]
    assert archive.testzip() is None
    for line in archive.read("sha256sums.txt").decode().splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    index = archive.read("index.html").decode()
    assert 'href="01-minutes/02-%C3%81cta%20%E2%80%9Cfinal%E2%80%9D%20%F0%9F%98%80.pdf"' in index
    assert "Rosa Representante" in index
    assert (job.result.content_type, job.all_steps) == ("application/zip", 2)


def test_whoever_reads_the_application_may_have_it_and_nobody_else(worker, stranger, officer):
    application = submit(fill(draft()))
    job = ask(application, officer)
    worker()
    job.refresh_from_db()
    address = reverse("document", args=[job.result_id])
    assert browser(officer).get(address).status_code == 200
    assert browser(application.group.representative).get(address).status_code == 200
    assert browser(stranger).get(address).status_code == 404
    assert browser(stranger).post(reverse("application_files", args=[application.pk])).status_code == 404
    assert job.result.filename == f"{application.reference}-files.zip"


def test_the_same_files_make_the_same_zip_and_one_job(worker):
    application = with_files("one.pdf", "two.pdf")
    first = ask(application)
    worker()
    assert ask(application) == first
    first.refresh_from_db()
    made = first.result.sha256
    Job.objects.all().delete()
    second = ask(application)
    worker()
    second.refresh_from_db()
    assert second.result.sha256 == made


def test_other_files_are_another_zip(worker):
    application = with_files("one.pdf")
    first = bundle.ask(application, by=application.group.representative, now=NOON)
    application.documents.update(replaced=True)
    second = bundle.ask(application, by=application.group.representative, now=NOON)
    assert first != second
    worker()
    second.refresh_from_db()
    assert (second.state, second.error) == ("failed", "There is no file to download.")


def test_what_cannot_be_given_is_named_and_left_out(worker):
    application = with_files("there.pdf", "waits.pdf", "refused.pdf", "lost.pdf")
    rows = {row.filename: row for row in Document.objects.filter(case=application.case)}
    Document.objects.filter(pk=rows["waits.pdf"].pk).update(scan="pending")
    Document.objects.filter(pk=rows["refused.pdf"].pk).update(scan="infected")
    lost = rows["lost.pdf"]
    lost.file.storage.delete(lost.file.name)
    job = ask(application)
    worker()
    archive = opened(job)
    assert archive.namelist() == ["01-minutes/01-there.pdf", "sha256sums.txt", "index.html"]
    index = archive.read("index.html").decode()
    for words in (
        "being checked by the virus scanner",
        "found something in this file",
        "lost.pdf: This file cannot be read",
    ):
        assert words in index


def test_a_name_never_leaves_its_folder(worker):
    application = with_files("x" * 200 + ".pdf")
    Document.objects.filter(case=application.case).update(filename="../../etc/pass\u202ewd\r\n.pdf")
    job = ask(application)
    worker()
    assert opened(job).namelist()[0] == "01-minutes/01-passwd.pdf"


def test_a_name_of_emoji_is_short_enough_for_every_disk(worker):
    application = with_files("one.pdf")
    Document.objects.filter(case=application.case).update(filename="👩‍🔧" * 60 + ".pdf")
    job = ask(application)
    worker()
    name = opened(job).namelist()[0]
    assert name.endswith(".pdf")
    assert len(name.split("/")[1].encode()) <= 255


def test_it_is_written_piece_by_piece(monkeypatch, worker):
    application = with_files("one.pdf")
    monkeypatch.setattr(bundle, "PIECE", 7)
    sizes = []
    original = zipfile._ZipWriteFile.write
    monkeypatch.setattr(
        zipfile._ZipWriteFile, "write", lambda self, data: (sizes.append(len(data)), original(self, data))[1]
    )
    job = ask(application)
    worker()
    assert opened(job)
    assert len(sizes) > 10
    assert max(sizes[:10]) <= 7


def test_the_zips_of_last_week_go(worker, django_capture_on_commit_callbacks):
    application = with_files("one.pdf")
    job = ask(application)
    worker()
    job.refresh_from_db()
    document = job.result
    assert bundle.sweep(NOON + bundle.KEPT - dt.timedelta(minutes=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert bundle.sweep(NOON + bundle.KEPT + dt.timedelta(hours=1)) == 1
    assert not Job.objects.filter(kind=bundle.KIND).exists()
    assert not document.file.storage.exists(document.file.name)
    assert Document.objects.filter(case=application.case).count() == 1


@pytest.mark.parametrize("count", [1, 5])
def test_asking_costs_the_same_however_many_files(count, django_assert_num_queries):
    application = with_files(*[f"{number}.pdf" for number in range(count)])
    from applications import files

    with django_assert_num_queries(3):
        parts = files.parts_of(application)
        assert sum(len(part.documents) for part in parts) == count


def test_several_requirements_are_folders_in_the_order_of_the_call(worker):
    application = application_at("draft", call=make_call())
    fill(application) if not application.documents.exists() else None
    job = ask(application)
    worker()
    folders = [name.split("/")[0] for name in opened(job).namelist() if "/" in name]
    assert folders == sorted(folders)
