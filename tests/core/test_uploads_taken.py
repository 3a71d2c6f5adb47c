"""A form takes over the files that came in parts: by their keys, of their own person only, checked like any other."""

import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from core import documents, uploads
from core.forms import DocumentField, DocumentsField, Form
from core.middleware import UploadsMiddleware
from core.models import Document, Upload
from tests.clock import NOON
from tests.core.files import PDF, png
from tests.core.test_uploads import BODY, begin, send_all
from tests.factories import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(signed_in, stranger):
    return signed_in(stranger)


class PaperForm(Form):
    paper = DocumentField(label="Paper")


class PapersForm(Form):
    papers = DocumentsField(label="Papers", most=3)


def posted(user, form=PaperForm, *, files=None, **data):
    """The form as a view makes it behind the middleware."""
    text = QueryDict(mutable=True)
    for name, values in data.items():
        text.setlist(name.replace("_upload", "-upload"), values if isinstance(values, list) else [values])
    sent = MultiValueDict(files or {})
    uploads.take_over(user, text, sent)
    return form(text, sent)


def test_a_form_takes_a_whole_file_over_by_its_key(mine, stranger, django_capture_on_commit_callbacks):
    form = posted(stranger, paper_upload=send_all(mine))
    assert form.is_valid()
    with django_capture_on_commit_callbacks(execute=True):
        document = documents.store(
            case=make_case(),
            kind="test",
            owner_id=1,
            upload=form.cleaned_data["paper"],
            by=stranger,
            now=NOON,
        )
    assert (document.filename, document.size) == ("acta.pdf", len(BODY))
    assert documents.is_whole(document)
    assert not Upload.objects.exists()
    assert not default_storage.listdir(uploads.FOLDER)[0]


def test_what_was_rolled_back_can_be_sent_again(mine, stranger):
    form = posted(stranger, paper_upload=send_all(mine))
    assert form.is_valid()

    def store_and_fail():
        with transaction.atomic():
            documents.store(
                case=make_case(),
                kind="test",
                owner_id=1,
                upload=form.cleaned_data["paper"],
                by=stranger,
                now=NOON,
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store_and_fail()
    assert not Document.objects.exists()
    assert Upload.objects.get().is_whole


def test_a_form_that_comes_back_keeps_the_file(mine, stranger):
    key = send_all(mine, "notes.pdf", PDF)
    html = str(posted(stranger, paper_upload=key)["paper"])
    assert f'<input type="hidden" name="paper-upload" value="{key}" data-kept>' in html
    assert "“notes.pdf” is here already" in html
    assert "is here already" not in str(PaperForm()["paper"])


def test_several_files_come_in_the_order_of_their_keys(mine, stranger):
    keys = [send_all(mine, name, png()) for name in ("b.png", "a.png")]
    form = posted(stranger, PapersForm, papers_upload=keys)
    assert form.is_valid()
    assert [file.name for file in form.cleaned_data["papers"]] == ["b.png", "a.png"]
    assert not posted(stranger, PapersForm, papers_upload=keys * 2 + ["x"]).is_valid()


@pytest.mark.parametrize(
    "key", ["unfinished", "somebody else's", "6f2d1c0e-0000-4000-8000-000000000001", "x", "../..", "0" * 4000]
)
def test_a_key_without_a_whole_file_of_this_person_is_said_at_the_field(
    mine, signed_in, stranger, officer, key
):
    if key == "unfinished":
        key = begin(mine).json()["key"]
    elif key == "somebody else's":
        key = send_all(signed_in(officer))
    assert posted(stranger, paper_upload=key).errors["paper"] == [
        "This file did not arrive whole. Choose it again."
    ]


def test_what_came_in_parts_is_checked_like_any_file(mine, stranger):
    key = send_all(mine, "acta.pdf", b"MZ" + b"\0" * 100)
    assert "whatever its name says" in posted(stranger, paper_upload=key).errors["paper"][0]
    key = send_all(mine, "acta.exe", PDF)
    form = posted(stranger, paper_upload=key)
    assert "not accepted" in form.errors["paper"][0]
    # What was refused is not offered once more.
    assert "is here already" not in str(form["paper"])


def test_a_file_whose_parts_are_gone_is_said(mine, stranger):
    key = send_all(mine)
    upload = Upload.objects.get()
    default_storage.delete(uploads._part(upload, 100_000))
    assert "did not arrive whole" in posted(stranger, paper_upload=key).errors["paper"][0]


def test_a_plain_file_wins_over_a_key(mine, stranger):
    plain = SimpleUploadedFile("plain.pdf", PDF)
    form = posted(stranger, files={"paper": [plain]}, paper_upload=send_all(mine))
    assert form.is_valid()
    assert form.cleaned_data["paper"].name == "plain.pdf"


def test_an_empty_key_is_no_file(stranger):
    assert posted(stranger, paper_upload="").errors["paper"] == ["This field is required."]


def test_keys_cost_one_query_however_many(mine, stranger, django_assert_num_queries):
    keys = [send_all(mine, f"{number}.png", png()) for number in range(3)]
    text, files = QueryDict(mutable=True), MultiValueDict()
    text.setlist("papers-upload", keys + [str(uuid.uuid4()) for _ in range(500)])
    with django_assert_num_queries(1):
        uploads.take_over(stranger, text, files)


def test_the_middleware_does_it_for_every_view(mine, stranger, monkeypatch):
    """Asked at a page that takes no file: what stands among its files is what counts."""
    seen = {}

    def view(request):
        seen.update({name: [file.name for file in request.FILES.getlist(name)] for name in request.FILES})
        return HttpResponse()

    request = RequestFactory().post("/", {"cv-upload": send_all(mine, "cv.pdf", PDF)})
    request.user = stranger
    UploadsMiddleware(view).process_view(request, view, (), {})
    view(request)
    assert seen == {"cv": ["cv.pdf"]}
    request.close()
