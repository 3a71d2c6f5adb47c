"""The files that an application is made of: what answers the call's requirements and its questions, and the quotes of its
costs. What was replaced or taken out stays with the case, and is none of them."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from applications.models import Answer, Application, ApplicationDocument, BudgetQuote
from core import scanning
from core.models import Document


@dataclass(frozen=True)
class Part:
    """One thing that was asked for, and the files that answer it. `code` names its folder."""

    code: str
    name: str
    documents: tuple[Document, ...]


def in_use(application: Application) -> Q:
    """Which documents are part of an application, for a query of documents."""
    attached = ApplicationDocument.objects.filter(application=application, replaced=False)
    answers = Answer.objects.filter(application=application, document__isnull=False)
    quotes = BudgetQuote.objects.filter(application=application)
    return (
        Q(pk__in=attached.values("document"))
        | Q(pk__in=answers.values("document"))
        | Q(pk__in=quotes.values("document"))
    )


def not_passed(application: Application) -> list[Document]:
    """The files of an application that the virus scanner has not passed."""
    return list(
        Document.objects.filter(
            in_use(application),
            case=application.case_id,
            scan__in=scanning.NOT_PASSED,
        ).order_by("pk")
    )


def why_not_sent(application: Application) -> str:
    """Why an application cannot be sent with the files that it has, in a sentence; "" when it can."""
    return scanning.why_not_sent(not_passed(application))


def parts_of(application: Application) -> list[Part]:
    """Everything that was handed in, in the order of the pages: three queries, however many files."""
    parts: dict[str, tuple[str, list[Document]]] = {}

    def add(code: str, name: str, document: Document) -> None:
        parts.setdefault(code, (name, []))[1].append(document)

    attached = application.documents.filter(replaced=False).order_by("requirement__order", "pk")
    for row in attached.select_related("document__uploaded_by", "requirement"):
        add(row.requirement.code, str(row.requirement), row.document)
    answers = Answer.objects.filter(application=application, document__isnull=False)
    for answer in answers.order_by("question__order", "pk").select_related(
        "document__uploaded_by", "question"
    ):
        document = answer.document
        assert document is not None
        add(_("question-%(number)d") % {"number": answer.question.order}, str(answer.question), document)
    quotes = BudgetQuote.objects.filter(application=application).order_by("line__order", "pk")
    for quote in quotes.select_related("document__uploaded_by", "line"):
        add(
            _("quotes-%(number)d") % {"number": quote.line.order},
            _("Quotes: %(cost)s") % {"cost": quote.line.description},
            quote.document,
        )
    return [Part(code, name, tuple(found)) for code, (name, found) in parts.items()]
