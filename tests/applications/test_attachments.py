"""Attaching documents: several files each, none twice, none that the virus scanner has not passed when it is sent."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from applications import attachments, files
from applications.eligibility import FAIL, PASS, WARN, check
from applications.models import Answer, Application, ApplicationDocument, Question
from core import dates, scanning
from core.models import Document, Message
from core.workflow import NotAllowed, StaleObject, TransitionRefused
from tests.clock import NOON
from tests.core.files import PDF, archive, docx
from tests.factories_applications import application_at, draft, fill, make_call, submit
from tests.factories_groups import give_place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def a_file(name: str) -> SimpleUploadedFile:
    """A PDF like no other."""
    return SimpleUploadedFile(name, PDF + f"% {name}\n%%EOF\n".encode())


def attach(application, *names, by=None, requirement=None, **more):
    return attachments.attach(
        by=by or application.group.representative,
        application=application,
        requirement=requirement or application.call.requirements.first(),
        uploads=[a_file(name) if isinstance(name, str) else name for name in names],
        now=NOON,
        **more,
    )


def names(application) -> list[str]:
    rows = application.documents.filter(replaced=False).select_related("document").order_by("pk")
    return [row.document.filename for row in rows]


def replace(application, row, upload, **more):
    return attachments.replace(
        by=application.group.representative,
        application=application,
        attached=row,
        upload=upload,
        now=NOON,
        **more,
    )


def detach(application, row):
    attachments.detach(by=application.group.representative, application=application, attached=row, now=NOON)


# --- Several files -------------------------------------------------------------------------------------


def test_files_stand_beside_each_other():
    application = draft()
    attach(application, "one.pdf")
    attach(application, "two.pdf", "three.pdf")
    assert names(application) == ["one.pdf", "two.pdf", "three.pdf"]


def test_a_file_takes_the_place_of_another_which_stays_with_the_case():
    application = draft()
    first, _second = attach(application, "one.pdf", "two.pdf")
    replace(application, first, a_file("new.pdf"))
    assert names(application) == ["two.pdf", "new.pdf"]
    assert application.case.documents.count() == 3


def test_a_file_is_taken_out_once():
    application = draft()
    (row,) = attach(application, "one.pdf")
    detach(application, row)
    version = Application.objects.get(pk=application.pk).version
    detach(application, row)
    assert names(application) == []
    assert application.case.documents.count() == 1
    assert Application.objects.get(pk=application.pk).version == version


def test_two_who_attach_at_once_do_not_disturb_each_other():
    one = draft()
    other = Application.objects.get(pk=one.pk)
    attach(one, "one.pdf")
    attach(other, "two.pdf")
    assert names(one) == ["one.pdf", "two.pdf"]


def test_two_who_replace_one_file_do():
    application = draft()
    (row,) = attach(application, "one.pdf")
    replace(application, row, a_file("mine.pdf"))
    with pytest.raises(StaleObject, match="meanwhile"):
        replace(application, row, a_file("yours.pdf"))
    assert names(application) == ["mine.pdf"]


def test_no_more_files_than_the_call_takes():
    application = draft()
    requirement = application.call.requirements.first()
    attach(application, *[f"{number}.pdf" for number in range(requirement.most_files - 1)])
    with pytest.raises(
        TransitionRefused, match=f"At most {requirement.most_files} files for “Minutes”, and 4 are there"
    ):
        attach(application, "a.pdf", "b.pdf")
    attach(application, "a.pdf")
    with pytest.raises(TransitionRefused, match="At most"):
        attach(application, "b.pdf")
    replace(application, application.documents.filter(replaced=False).first(), a_file("c.pdf"))
    assert len(names(application)) == requirement.most_files


def test_the_same_file_is_not_attached_twice():
    application = draft()
    attach(application, a_file("one.pdf"))
    same = a_file("one.pdf")
    same.name = "copy.pdf"
    with pytest.raises(TransitionRefused, match=r"“copy.pdf” is attached here already, as “one.pdf”"):
        attach(application, same)
    assert names(application) == ["one.pdf"]


BOMB = archive(
    {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"\0" * 210 * 1024 * 1024}, compression=8
)


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("minutes.pdf", b"MZ not a PDF at all", "application/pdf"), "whatever its name says"),
        (SimpleUploadedFile("minutes.pdf", b"", "application/pdf"), "empty"),
        (SimpleUploadedFile("minutes.exe", b"MZ", "application/pdf"), "not accepted"),
        (SimpleUploadedFile("minutes.docx", BOMB), "far too large"),
        (SimpleUploadedFile("minutes.docx", docx(**{"word/vbaProject.bin": b"x"})), "macros"),
        (SimpleUploadedFile("photo.heic", b"\0" * 100), "HEIC"),
    ],
)  # fmt: skip
def test_one_wrong_file_is_refused_with_all_the_others(upload, sentence):
    application = draft()
    with pytest.raises(ValidationError, match=sentence):
        attach(application, "one.pdf", upload)
    assert not application.documents.exists()
    assert Application.objects.get(pk=application.pk).version == 0


def test_a_name_of_4_kb_with_signs_of_direction_is_kept_short_and_plain():
    application = draft()
    attach(application, a_file("😀\u202e" + "ñ" * 4096 + ".pdf"))
    (name,) = names(application)
    assert name == "😀" + "ñ" * 115 + ".pdf"


def test_a_document_of_another_call_is_refused_and_so_is_nothing():
    application = draft()
    with pytest.raises(TransitionRefused, match="does not ask"):
        attach(application, "one.pdf", requirement=make_call().requirements.first())
    with pytest.raises(TransitionRefused, match="Choose a file"):
        attach(application)


def test_who_may_not_write_attaches_nothing(stranger, viewer):
    application = draft()
    give_place(application.group, viewer, Role.VIEWER)
    for user in (stranger, viewer):
        with pytest.raises(NotAllowed):
            attach(application, "one.pdf", by=user)


def test_of_a_returned_application_only_an_open_section_takes_files():
    application = application_at("changes_requested")
    Application.objects.filter(pk=application.pk).update(open_sections=["budget"])
    with pytest.raises(TransitionRefused, match="was not returned"):
        attach(application, "one.pdf")
    Application.objects.filter(pk=application.pk).update(open_sections=["documents"])
    assert attach(application, "one.pdf")


def test_what_was_sent_takes_no_file():
    application = submit(fill(draft()))
    with pytest.raises(TransitionRefused, match="cannot be changed"):
        attach(application, "one.pdf")


def test_who_sees_the_application_reads_its_documents(stranger, viewer, officer):
    application = draft()
    give_place(application.group, viewer, Role.VIEWER)
    (row,) = attach(application, "one.pdf")
    who = (viewer, officer, stranger)
    assert [attachments.may_read(user, row.document) for user in who] == [True, True, False]


# --- The virus scanner ---------------------------------------------------------------------------------


def said(application):
    results = check(Application.objects.get(pk=application.pk), today=dates.day_of(NOON))
    return next(result for result in results if result.rule == "documents_present")


def mark(application, scan) -> Document:
    row = application.documents.filter(replaced=False).first()
    Document.objects.filter(pk=row.document_id).update(scan=scan)
    return Document.objects.get(pk=row.document_id)


def test_a_file_that_waits_is_a_warning_and_keeps_the_application_from_being_sent():
    application = fill(draft())
    mark(application, "pending")
    result = said(application)
    assert (result.outcome, "still has to look at: “minutes.pdf”" in result.sentence) == (WARN, True)
    with pytest.raises(TransitionRefused, match=r"has not looked at these files yet: “minutes.pdf”"):
        submit(application)
    mark(application, "clean")
    assert said(application).outcome == PASS
    assert submit(application).status == "submitted"


def test_an_infected_file_has_to_go():
    application = fill(draft())
    mark(application, "infected")
    result = said(application)
    assert (result.outcome, "“minutes.pdf”" in result.sentence) == (FAIL, True)
    assert "The virus scanner refused" in files.why_not_sent(application)
    with pytest.raises(TransitionRefused, match="virus scanner refused"):
        submit(application)
    detach(application, application.documents.get())
    assert not files.why_not_sent(application)
    assert said(application).sentence == "Attach: Minutes."


def test_a_file_of_an_answer_waits_as_well():
    call = make_call()
    question = Question.objects.create(
        call=call, order=90, kind="file", text_en="Map", text_es="Mapa", required=False
    )
    application = fill(draft(call=call))
    (row,) = attach(application, "map.pdf")
    document = row.document
    detach(application, row)
    Answer.objects.update_or_create(
        application=application, question=question, defaults={"document": document}
    )
    assert not files.why_not_sent(application)
    Document.objects.filter(pk=document.pk).update(scan="pending")
    assert "“map.pdf”" in files.why_not_sent(application)


def test_the_uploader_and_the_representative_hear_of_an_infected_file(person):
    application = draft()
    writer = person("writer")
    give_place(application.group, writer, Role.MEMBER)
    (row,) = attach(application, "one.pdf", by=writer)
    Document.objects.filter(pk=row.document_id).update(scan="pending")
    document = Document.objects.get(pk=row.document_id)
    for _time in range(2):
        scanning._write_down(document, "Win.Test", NOON)
    told = Message.objects.filter(template="document_refused")
    assert {message.recipient for message in told} == {writer, application.group.representative}
    section = reverse("application_section", args=[application.pk, "documents"])
    assert all(message.context["url"].endswith(section) for message in told)


def test_the_database_takes_no_file_of_an_application_that_was_sent():
    application = submit(fill(draft()))
    row = application.documents.get()
    from django.db import DatabaseError, transaction

    with (
        pytest.raises(DatabaseError, match="does not change"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE applications_applicationdocument SET replaced = true WHERE id = %s", [row.pk])
    assert not ApplicationDocument.objects.get(pk=row.pk).replaced
