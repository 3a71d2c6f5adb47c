"""Files that come in parts: go on where they stopped, belong to one person, and become what a form receives."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import uploads
from core.models import Upload
from tests.clock import NOON
from tests.core.files import PDF

pytestmark = pytest.mark.django_db

BODY = PDF + b"%" + b"x" * 300_000 + b"\n%%EOF\n"
SIZE = len(BODY)


def begin(client, name="acta.pdf", size=SIZE):
    return client.post(reverse("uploads"), {"filename": name, "size": size})


def send(client, url, offset, part, **more):
    return client.patch(
        url, part, content_type="application/octet-stream", headers={"Upload-Offset": str(offset), **more}
    )


def send_all(client, name="acta.pdf", body=BODY, part=100_000) -> str:
    """A whole file, in parts; answers its key."""
    begun = begin(client, name, len(body)).json()
    for at in range(0, len(body), part):
        assert send(client, begun["url"], at, body[at : at + part]).status_code == 200
    return begun["key"]


@pytest.fixture
def mine(signed_in, stranger):
    return signed_in(stranger)


# --- Sending -----------------------------------------------------------------------------------------


def test_an_interrupted_upload_goes_on_where_it_stopped(mine):
    begun = begin(mine)
    assert begun.status_code == 201
    url = begun.json()["url"]
    assert send(mine, url, 0, BODY[:100_000]).json()["offset"] == 100_000
    # The answer to the second part is lost; the browser asks where to go on.
    send(mine, url, 100_000, BODY[100_000:200_000])
    asked = mine.head(url)
    assert (asked.status_code, asked["Upload-Offset"], asked["Upload-Length"]) == (
        200,
        "200000",
        str(len(BODY)),
    )
    again = send(mine, url, 100_000, BODY[100_000:200_000])
    assert (again.status_code, again["Upload-Offset"], again.json()["offset"]) == (409, "200000", 200_000)
    assert send(mine, url, 200_000, BODY[200_000:]).status_code == 200
    upload = Upload.objects.get()
    assert upload.is_whole
    assert b"".join(uploads._parts(upload)) == BODY


def test_post_does_what_patch_does_where_a_proxy_knows_no_patch(mine):
    url = begin(mine).json()["url"]
    part = {"data": BODY[:100_000], "content_type": "application/octet-stream"}
    assert mine.post(url, **part, headers={"Upload-Offset": "0"}).json()["offset"] == 100_000


@pytest.mark.parametrize("offset", ["1", "99999999999999999", "-1", "x", "", "0x0", "٣"])
def test_an_offset_that_is_not_the_present_one_changes_nothing(mine, offset):
    url = begin(mine).json()["url"]
    answer = send(mine, url, offset, BODY[:50_000])
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "0")
    assert not Upload.objects.get().received


def test_a_part_beyond_the_size_is_refused(mine):
    url = begin(mine, size=40_000).json()["url"]
    assert send(mine, url, 0, b"x" * 40_001).status_code == 413
    assert send(mine, url, 0, b"x" * 40_000).status_code == 200
    assert send(mine, url, 40_000, b"x").status_code == 413
    assert Upload.objects.get().received == 40_000


def test_a_part_that_is_too_large_or_a_crumb_is_refused(mine):
    url = begin(mine, size=2_000_000).json()["url"]
    assert send(mine, url, 0, b"x" * (uploads.MOST_PART + 1)).status_code == 413
    assert send(mine, url, 0, b"x" * (uploads.LEAST_PART - 1)).status_code == 400
    assert send(mine, url, 0, b"").status_code == 400
    assert not Upload.objects.get().received


def test_the_last_part_may_be_small(mine):
    url = begin(mine, size=3).json()["url"]
    assert send(mine, url, 0, b"abc").status_code == 200


def test_a_part_that_broke_off_is_refused(mine):
    url = begin(mine).json()["url"]
    broken = {"wsgi.input": io.BytesIO(BODY[:50_000]), "CONTENT_LENGTH": "60000"}
    answer = mine.generic(
        "PATCH", url, content_type="application/octet-stream", headers={"Upload-Offset": "0"}, **broken
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "This part did not arrive whole.")
    assert not Upload.objects.get().received


@pytest.mark.parametrize(
    ("size", "code"),
    [
        ("0", 400),
        ("-1", 400),
        ("x", 400),
        ("", 400),
        ("9" * 30, 400),
        ("10485761", 413),
        ("1e3", 400),
        ("10485760", 201),
    ],
)
def test_a_size_is_bounded(mine, size, code):
    assert begin(mine, size=size).status_code == code


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 4096 + ".pdf", "x" * 116 + ".pdf"),
        ("acta 😀\u202e fdp.pdf", "acta 😀 fdp.pdf"),
        ("../../etc/passwd", "passwd"),
        ("", "document"),
    ],
)
def test_a_name_is_cleaned(mine, name, kept):
    assert begin(mine, name).status_code == 201
    assert Upload.objects.get().filename == kept


def test_nobody_else_learns_of_it(signed_in, client, stranger, officer, admin):
    url = begin(signed_in(stranger)).json()["url"]
    for user in (officer, admin):
        other = signed_in(user)
        answers = (other.get(url), send(other, url, 0, BODY[:50_000]), other.delete(url))
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert other.get(reverse("upload", args=[uuid.uuid4()])).status_code == 404
    other.logout()
    assert other.get(url).status_code == 302
    assert Upload.objects.get().received == 0


def test_it_can_be_given_up(mine, django_capture_on_commit_callbacks):
    url = begin(mine).json()["url"]
    send(mine, url, 0, BODY[:100_000])
    folder = Upload.objects.get().path
    with django_capture_on_commit_callbacks(execute=True):
        assert mine.delete(url).status_code == 200
    assert not Upload.objects.exists()
    assert not default_storage.exists(folder)


def test_of_many_unfinished_ones_the_oldest_gives_way(mine, stranger, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_OPEN", 3)
    names = [f"{number}.pdf" for number in range(5)]
    for number, name in enumerate(names):
        uploads.begin(by=stranger, filename=name, size=9, now=NOON + dt.timedelta(minutes=number))
    assert set(Upload.objects.values_list("filename", flat=True)) == set(names[2:])


def test_a_full_disk_is_said(mine, monkeypatch):
    url = begin(mine).json()["url"]

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full)
    answer = send(mine, url, 0, BODY[:100_000])
    assert (answer.status_code, "Try again later" in answer.json()["error"]) == (503, True)
    assert not Upload.objects.get().received


def test_what_a_request_left_that_died_is_overwritten(mine):
    url = begin(mine).json()["url"]
    upload = Upload.objects.get()
    default_storage.save(uploads._part(upload, 0), SimpleUploadedFile("x", b"half of a part"))
    send(mine, url, 0, BODY[:100_000])
    upload.refresh_from_db()
    assert b"".join(uploads._parts(upload)) == BODY[:100_000]


def test_the_database_refuses_more_than_the_size(stranger):
    upload = uploads.begin(by=stranger, filename="a.pdf", size=9, now=NOON)
    with pytest.raises(IntegrityError, match="upload_within_its_size"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(received=10)


# --- Sweeping ----------------------------------------------------------------------------------------


def test_what_nobody_went_on_with_for_a_day_is_swept(mine, stranger, django_capture_on_commit_callbacks):
    send_all(mine)
    old = Upload.objects.get()
    Upload.objects.filter(pk=old.pk).update(updated_at=NOON - uploads.KEPT - dt.timedelta(seconds=1))
    young = uploads.begin(by=stranger, filename="b.pdf", size=9, now=NOON - uploads.KEPT)
    uploads.append(young, offset=0, part=b"123456789", now=NOON - uploads.KEPT)
    default_storage.save(f"{uploads.FOLDER}/{'ab' * 16}/000000000000", SimpleUploadedFile("x", b"nobody's"))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.sweep(NOON) == 1
    assert Upload.objects.get() == young
    assert default_storage.listdir(uploads.FOLDER)[0] == [young.key.hex]
    assert uploads.sweep(NOON) == 0


def test_sweeping_nothing_is_no_error():
    assert uploads.sweep(NOON) == 0


# --- Several at once ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_parts_at_the_same_place_one_is_taken(stranger):
    """Two web processes, one file: the second reads where to go on."""
    import threading

    from django.db import connection

    upload = uploads.begin(by=stranger, filename="a.pdf", size=len(BODY), now=NOON)
    said, ready = [], threading.Barrier(2)

    def add(byte: bytes):
        ready.wait()
        try:
            uploads.append(upload, offset=0, part=byte * 100_000, now=NOON)
            said.append(byte)
        except uploads.WrongOffset as refusal:
            said.append(refusal.offset)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=[byte]) for byte in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (taken,) = [word for word in said if word != 100_000]
    upload.refresh_from_db()
    assert b"".join(uploads._parts(upload)) == taken * 100_000


def test_an_answer_is_json_and_kept_by_no_cache(mine):
    answer = begin(mine)
    assert json.loads(answer.content)["part"] == uploads.PART
    assert "no-store" in answer["Cache-Control"]
