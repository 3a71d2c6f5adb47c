"""Whether what was written stands as it was written: each app registers what it can check (in AppConfig.ready()), and
`manage.py verify` asks them all. A check yields a sentence for each thing that was tampered with, and nothing when all is
whole; with a case, it looks at that one only.
"""

from collections.abc import Callable, Iterator

from core import documents, timeline
from core.models import Case, Document

# check(case) or check(None) for all of them.
Check = Callable[[Case | None], Iterator[str]]

_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check. The same name again replaces it."""
    _checks[name] = check


def all_checks() -> list[tuple[str, Check]]:
    """What can be checked, in the order in which it was registered."""
    return list(_checks.items())


def chains(case: Case | None) -> Iterator[str]:
    """The timeline of each case (PROGRAMME 6.9)."""
    for each in [case] if case else Case.objects.order_by("pk").iterator():
        yield from timeline.broken_links(each)


def files(case: Case | None) -> Iterator[str]:
    """Each stored file against its hash. Of an infected one the content was deleted, and that is said on the row."""
    rows = Document.objects.exclude(scan=Document.Scan.INFECTED).order_by("pk")
    for document in (rows.filter(case=case) if case else rows).iterator():
        if not documents.is_whole(document):
            yield f"case {document.case_id}: the file of document {document.pk} is gone or was changed"


register("timelines", chains)
register("files", files)
