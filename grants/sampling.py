"""A sample of verified expenses, drawn by amount with a seed: monetary unit sampling (PROGRAMME 12, An auditor).

The pesos of all expenses stand in one row, in the order in which the expenses were written down. The row is cut into as many
equal pieces as the sample has places; the seed says at which peso of the first piece to begin, and from there each peso at
the same distance is looked up. So an expense comes in with a chance in proportion to its amount, and one that is as large as
a piece always does. What was verified never changes: the same seed, size, call and last day draw the same sample.
"""

import csv
import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import IO, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from core import dates, documents, jobs, timeline
from core.cells import cell
from core.models import Document, Job
from core.money import ZERO
from grants.models import Expense
from grants.trail import Asset, assets_of

KIND = "audit_sample"
MOST_PLACES = 200
PIECE = 256 * 1024
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Wish:
    """What defines a sample."""

    seed: str
    size: int
    until: dt.date
    call: str = ""

    @property
    def params(self) -> dict[str, Any]:
        """As a job keeps it."""
        return {**asdict(self), "until": self.until.isoformat()}

    @classmethod
    def read(cls, params: dict[str, Any]) -> "Wish":
        """From what a job kept."""
        until = dt.date.fromisoformat(params["until"])
        return cls(seed=params["seed"], size=params["size"], until=until, call=params["call"])


def draw(population: Iterable[tuple[int, Decimal]], *, size: int, seed: str) -> dict[int, int]:
    """Which of (id, amount) are drawn, and how many places of the sample each takes. Amounts are positive, in pesos."""
    rows = [(pk, int(amount * HUNDRED)) for pk, amount in population]
    whole = sum(amount for _pk, amount in rows)
    if whole <= 0 or size <= 0:
        return {}
    # In cents and in whole numbers: place n looks up the cent (start + n × whole) // size.
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()) % whole
    found: dict[int, int] = {}
    place, before = 0, 0
    for pk, amount in rows:
        before += amount
        while place < size and (start + place * whole) // size < before:
            found[pk] = found.get(pk, 0) + 1
            place += 1
    return found


def population_of(user: User, wish: Wish) -> QuerySet[Expense]:
    """Verified expenses with a share of the programme that this person may see, verified until the day."""
    rows = Expense.objects.visible_to(user).verified().filter(programme_share__gt=0)
    rows = rows.filter(checked_at__lte=dates.end_of(wish.until))
    if wish.call:
        rows = rows.filter(statement__project__application__call__code=wish.call)
    return rows.order_by("pk")


@dataclass(frozen=True)
class Drawn:
    """A sample: what it was drawn from, and what was drawn."""

    wish: Wish
    count: int
    whole: Decimal
    rows: list[tuple[Expense, int]]

    @property
    def amount(self) -> Decimal:
        """What the drawn expenses come to."""
        return sum((expense.programme_share for expense, _places in self.rows), ZERO)


def sample_of(user: User, wish: Wish) -> Drawn:
    """Draw it. Two queries, and little memory: of the rest only id and amount are read."""
    population = list(population_of(user, wish).values_list("pk", "programme_share"))
    places = draw(population, size=wish.size, seed=wish.seed)
    chosen = Expense.objects.filter(pk__in=places).with_case().order_by("pk")
    return Drawn(
        wish=wish,
        count=len(population),
        whole=sum((amount for _pk, amount in population), ZERO),
        rows=[(expense, places[expense.pk]) for expense in chosen],
    )


# --- The ZIP ------------------------------------------------------------------------------------------


def ask(*, by: User, wish: Wish, now: dt.datetime) -> Job:
    """Ask a worker for the ZIP. What a person may see is part of what is drawn from, so it is theirs."""
    digest = hashlib.sha256(repr(sorted(wish.params.items())).encode()).hexdigest()[:32]
    return jobs.ask(
        kind=KIND, key=f"{KIND}:{by.pk}:{digest}", by=by, now=now, params={**wish.params, "user": by.pk}
    )


def page(job: Job) -> tuple[str, str]:
    """The page on which it was drawn."""
    return reverse("audit_sample"), _("Samples")


def make(job: Job, progress: jobs.Progress) -> Document:
    """Write the ZIP: the work of the job."""
    user, wish = User.objects.get(pk=job.params["user"]), Wish.read(job.params)
    drawn = sample_of(user, wish)
    if not drawn.rows:
        raise jobs.JobFailed(_("There is nothing to draw from."))
    now = dates.now()
    with documents.scratch() as made:
        write(made, drawn, progress)
        made.seek(0)
        return documents.store_file(
            case=timeline.system_case(now),
            kind=KIND,
            owner_id=job.pk,
            filename=_("sample-%(seed)s.zip") % {"seed": wish.seed},
            content_type="application/zip",
            file=made,
            by=user,
            now=now,
        )


def may_read(user: Any, document: Document) -> bool:
    """Who drew it."""
    job = Job.objects.filter(pk=document.owner_id, kind=KIND).first()
    return job is not None and job.params.get("user") == user.pk


def titles() -> list[str]:
    """The heads of the index, in the language of who drew the sample."""
    return [
        pgettext("sample", "place"), pgettext("sample", "places"), pgettext("sample", "expense"),
        pgettext("sample", "project"), pgettext("sample", "call"), pgettext("sample", "line"),
        pgettext("sample", "supplier"), "cuit", pgettext("sample", "kind"), pgettext("sample", "number"),
        pgettext("sample", "date"), pgettext("sample", "programme"), pgettext("sample", "group"),
        pgettext("sample", "total"), pgettext("sample", "verified"), pgettext("sample", "file"), "sha256",
        pgettext("sample", "missing"), pgettext("sample", "assets"),
    ]  # fmt: skip


def write(made: IO[bytes], drawn: Drawn, progress: jobs.Progress) -> None:
    """The files of the drawn expenses, an index of all, and how it was drawn. The same sample is the same bytes,
    as long as nobody names another machine that one of them bought."""
    moment = dates.end_of(drawn.wish.until)
    index = io.StringIO()
    writer = csv.writer(index, lineterminator="\n")
    writer.writerow(titles())
    assets = assets_of([expense.pk for expense, _places in drawn.rows])
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for place, (expense, places) in enumerate(drawn.rows, 1):
            progress(place - 1, len(drawn.rows))
            path, missing = _copy(archive, place, expense, moment)
            writer.writerow(
                [cell(value) for value in _row(place, places, expense, path, missing, assets[expense.pk])]
            )
        # With a mark: spreadsheets take it for another alphabet else.
        archive.writestr(_info("index.csv", moment), f"\ufeff{index.getvalue()}")
        archive.writestr(_info("README.txt", moment), _how(drawn))
    progress(len(drawn.rows), len(drawn.rows))


def _copy(archive: zipfile.ZipFile, place: int, expense: Expense, moment: dt.datetime) -> tuple[str, str]:
    """Copy the voucher; answers where it is, or why it is not there."""
    document = expense.document
    if document is None:
        return "", pgettext("sample", "no voucher")
    if documents.why_closed(document) or not documents.is_whole(document):
        return "", pgettext("sample", "cannot be read")
    path = f"files/{place:03}-{documents.clean_name(document.filename)}"
    with documents.open_file(document) as file, archive.open(_info(path, moment), "w") as out:
        for piece in file.chunks(PIECE):
            out.write(piece)
    return path, ""


def _row(
    place: int, places: int, expense: Expense, path: str, missing: str, assets: list[Asset]
) -> tuple[Any, ...]:
    project = expense.project
    return (
        place, places, expense.pk, project.reference or project.pk, project.call.code, expense.line.description,
        expense.supplier_name, expense.formatted_cuit, expense.get_kind_display(), expense.formatted_number, expense.issued_on,
        expense.programme_share, expense.group_share, expense.total, expense.checked_at, path,
        expense.document.sha256 if expense.document and path else "", missing,
        "; ".join(map(str, assets)),
    )  # fmt: skip


def _how(drawn: Drawn) -> str:
    """How it was drawn, so that anybody can draw it again."""
    wish = drawn.wish
    return _(
        "Monetary unit sampling over the programme's share of verified expenses.\n"
        "Seed: %(seed)s\nPlaces: %(size)s\nVerified until: %(until)s\nCall: %(call)s\n"
        "Expenses: %(count)s\nPesos: %(whole)s\nDrawn: %(drawn)s\n\n"
        "The pesos of all expenses stand in one row, in the order of the expenses' numbers. With W their sum in cents and S\n"
        "the SHA-256 of the seed as a number, modulo W, place n (from 0) is the cent (S + n × W) ÷ %(size)s, rounded down.\n"
        "The expense in which this cent lies is drawn; one may take several places.\n"
    ) % {
        "seed": wish.seed,
        "size": wish.size,
        "until": wish.until.isoformat(),
        "call": wish.call or "-",
        "count": drawn.count,
        "whole": f"{drawn.whole:.2f}",
        "drawn": len(drawn.rows),
    }


def _info(path: str, moment: dt.datetime) -> zipfile.ZipInfo:
    """An entry of which nothing depends on when the ZIP was made."""
    info = zipfile.ZipInfo(path, moment.astimezone(dates.BUENOS_AIRES).timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info
