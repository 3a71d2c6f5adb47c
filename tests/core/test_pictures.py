"""Photographs of the pages of a paper become one PDF: bounded, in order, and without what the telephone wrote in."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from PIL import Image
from pypdf import PdfReader

from core import documents, pictures
from core.forms import Form, PaperField
from tests.core.files import PDF, png

RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(name="a.jpg", size=(40, 20), colour=RED, mode="RGB", **saved) -> SimpleUploadedFile:
    """A real picture of one colour."""
    made = io.BytesIO()
    Image.new(mode, size, colour).save(made, "PNG" if name.endswith("png") else "JPEG", **saved)
    return SimpleUploadedFile(name, made.getvalue())


def pages(joined) -> list[tuple[tuple[int, int], tuple[int, int, int]]]:
    """Each page's picture: its size in points of the picture, and the colour of its middle."""
    joined.seek(0)
    found = []
    for page in PdfReader(io.BytesIO(joined.read())).pages:
        (only,) = page.images
        image = only.image.convert("RGB")
        found.append((image.size, image.getpixel((image.width // 2, image.height // 2))))
    return found


def near(one, other) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


def test_pictures_become_pages_in_the_order_of_their_names():
    names = ["IMG_10.jpg", "IMG_2.png", "IMG_1.jpg"]
    colours = {"IMG_1.jpg": RED, "IMG_2.png": BLUE, "IMG_10.jpg": (0, 255, 0)}
    joined = pictures.join([picture(name, colour=colours[name]) for name in names])
    assert [
        near(colour, wanted)
        for (_size, colour), wanted in zip(pages(joined), (RED, BLUE, (0, 255, 0)), strict=True)
    ] == [
        True,
        True,
        True,
    ]
    assert joined.name == "IMG_1.pdf"
    assert documents.check_upload(joined).name == "pdf"


def test_a_photograph_stands_upright_and_forgets_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Telephone of Ana"
    exif.get_ifd(0x8825)[1] = "S"
    joined = pictures.join([picture(size=(400, 200), exif=exif, comment=b"Ana's house")])
    ((size, _colour),) = pages(joined)
    assert size == (200, 400)
    joined.seek(0)
    body = joined.read()
    assert b"Telephone" not in body
    assert b"house" not in body
    assert b"Exif" not in body


def test_a_large_photograph_is_reduced():
    ((size, _colour),) = pages(pictures.join([picture(size=(4000, 3000))]))
    assert size == (2000, 1500)


def test_a_small_one_is_not_blown_up_and_fits_a_sheet():
    joined = pictures.join([picture(size=(400, 200))])
    joined.seek(0)
    page = PdfReader(io.BytesIO(joined.read())).pages[0]
    assert max(page.mediabox.width, page.mediabox.height) == pytest.approx(842, abs=1)


def test_what_is_clear_becomes_white():
    ((_size, colour),) = pages(pictures.join([picture("a.png", mode="RGBA", colour=(255, 0, 0, 0))]))
    assert near(colour, (255, 255, 255))


def test_the_same_pictures_make_the_same_file():
    made = []
    for _time in range(2):
        joined = pictures.join([picture("a.jpg"), picture("b.png", colour=BLUE)])
        joined.seek(0)
        made.append(joined.read())
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([SimpleUploadedFile("a.pdf", PDF)], "Only pictures"),
        ([picture(), SimpleUploadedFile("b.jpg", b"MZ" + b"\0" * 100)], "whatever its name says"),
        ([SimpleUploadedFile("b.png", png(100_000, 100_000))], "too large: 100000 × 100000"),
        ([SimpleUploadedFile("b.png", png(9000, 9000))], "is too large: 9000 × 9000 points"),
        ([SimpleUploadedFile("b.png", png(300, 200))], "cannot be read as a picture"),
        ([picture(f"{number}.jpg") for number in range(21)], "At most 20 pictures"),
    ],
)
def test_what_is_no_picture_or_too_much_is_refused(files, sentence):
    with pytest.raises(ValidationError, match=sentence):
        pictures.join(files)


def test_pictures_too_large_together_are_refused_before_one_is_opened(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *_args, **_kwargs: pytest.fail("opened"))
    with pytest.raises(ValidationError, match="too large together"):
        pictures.join([picture(), picture()], max_bytes=100)


def test_a_pdf_that_would_be_too_large_is_made_smaller_or_refused(monkeypatch):
    noise = Image.effect_noise((2400, 1800), 200).convert("RGB")
    made = io.BytesIO()
    noise.save(made, "JPEG", quality=50)
    file = SimpleUploadedFile("a.jpg", made.getvalue())
    large = pictures.join([file]).size
    smaller = pictures.join([file], max_bytes=large - 1)
    assert smaller.size < large
    ((size, _colour),) = pages(smaller)
    assert max(size) == 1400
    with pytest.raises(ValidationError, match="choose fewer"):
        pictures.join([file], max_bytes=smaller.size - 1)


class PaperForm(Form):
    paper = PaperField(label="Signed paper")


def sent(*files) -> PaperForm:
    return PaperForm({}, MultiValueDict({"paper": list(files)}))


def test_a_paper_is_one_file_or_the_photographs_of_its_pages():
    form = sent(SimpleUploadedFile("acta.pdf", PDF))
    assert form.is_valid()
    assert form.cleaned_data["paper"].name == "acta.pdf"
    form = sent(picture("1.jpg"), picture("2.jpg"))
    assert form.is_valid()
    assert len(pages(form.cleaned_data["paper"])) == 2
    assert "Several photographs become one PDF" in str(PaperForm().fields["paper"].help_text)
    assert "multiple" in str(PaperForm()["paper"])


def test_a_paper_of_several_other_files_is_refused():
    form = sent(SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.pdf", PDF))
    assert "Only pictures" in form.errors["paper"][0]
    assert sent().errors["paper"] == ["This field is required."]


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "a.heif"])
def test_a_photograph_that_few_can_read_is_said_clearly(name):
    form = sent(SimpleUploadedFile(name, b"\0" * 50))
    assert "HEIC are not accepted" in form.errors["paper"][0]
