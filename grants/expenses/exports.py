"""The expenses of a project as a table that leaves the site."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from core.tables import Column
from grants.expenses.checks import counts_for, paid_of
from grants.models import Expense
from grants.querysets import ExpenseQuerySet

COLUMNS = (
    Column(_("Statement"), lambda row: row.statement.number),
    Column(_("Budget line"), lambda row: row.line.description),
    Column(_("Category"), lambda row: str(row.line.get_category_display())),
    Column(_("What was bought or given"), lambda row: row.description),
    Column(_("Kind of voucher"), lambda row: str(row.get_kind_display())),
    Column(_("Supplier"), lambda row: row.supplier_name),
    Column(_("CUIT of the supplier"), lambda row: row.formatted_cuit),
    Column(_("Number"), lambda row: row.formatted_number),
    Column(_("Date of the voucher"), lambda row: row.issued_on),
    Column(_("CAE (authorisation code)"), lambda row: row.cae),
    Column(_("CUIT of the buyer"), lambda row: row.buyer_cuit),
    Column(_("Net amount"), lambda row: row.amounts.net),
    Column(_("VAT"), lambda row: row.amounts.tax),
    Column(_("Perceptions"), lambda row: row.amounts.perceptions),
    Column(_("It counts for"), counts_for),
    Column(_("Paid"), lambda row: paid_of(row, row.statement.project.call)),
    Column(_("Charged to the programme"), lambda row: row.programme_share),
    Column(_("Charged to the group"), lambda row: row.group_share),
    Column(_("Firm"), lambda row: row.firm.name if row.firm else ""),
    Column(_("State"), lambda row: str(row.get_status_display())),
    Column(_("Remark"), lambda row: row.remark),
    Column(_("What the group answered"), lambda row: row.answer),
    Column(_("SHA-256 of the file"), lambda row: row.document.sha256 if row.document else ""),
)


def rows_of(expenses: ExpenseQuerySet) -> Iterator[Expense]:
    """In the order of their statements, a constant number of queries for each 500."""
    rows = expenses.select_related("line", "firm", "document", "statement__project__application__call")
    rows = rows.prefetch_related("credit_notes", "payments")
    return rows.order_by("statement__number", "issued_on", "id").iterator(chunk_size=500)
