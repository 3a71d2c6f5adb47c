"""Bringing many expenses into a statement from a table: which columns there are, and by which titles they are known."""

from django.utils.translation import gettext_lazy

from core import imports
from core.imports import Column

MAY_BE_EMPTY = gettext_lazy("May be empty.")
IN_FIGURES = gettext_lazy("In the currency of the voucher.")
COLUMNS: tuple[Column, ...] = (
    Column(
        "line",
        gettext_lazy("Budget line"),
        ("line", "rubro", "linea", "linea del presupuesto"),
        gettext_lazy("Its name or its number; the sheet has the list."),
        "1",
        needed=True,
    ),
    Column(
        "description",
        gettext_lazy("What was bought or given"),
        ("description", "detalle", "concepto", "descripcion", "que se compro"),
        gettext_lazy("In a few words."),
        "Horno de secado",
        needed=True,
    ),
    Column(
        "kind",
        gettext_lazy("Kind of voucher"),
        ("kind", "type", "tipo", "tipo de comprobante", "comprobante"),
        gettext_lazy("A, B, C, M or E of an invoice; receipt; till receipt."),
        "A",
        needed=True,
    ),
    Column(
        "supplier_name",
        gettext_lazy("Supplier"),
        ("supplier", "proveedor", "razon social"),
        gettext_lazy("As it stands on the voucher."),
        "Hornos SA",
        needed=True,
    ),
    Column(
        "supplier_cuit",
        gettext_lazy("CUIT of the supplier"),
        ("cuit", "cuit proveedor", "cuit del proveedor", "c u i t"),
        gettext_lazy("Eleven digits, for example 30-12345678-1."),
        "30-12345678-1",
    ),
    Column(
        "supplier_abroad",
        gettext_lazy("Tax number of a supplier abroad"),
        ("tax number", "identificacion del exterior"),
        MAY_BE_EMPTY,
        "",
    ),
    Column(
        "point_of_sale",
        gettext_lazy("Point of sale"),
        ("punto de venta", "pto vta", "pv"),
        gettext_lazy("May be empty when it stands before the number: 0003-00001234."),
        "3",
    ),
    Column(
        "number",
        gettext_lazy("Number"),
        ("numero", "nro", "n", "numero de comprobante", "nro comprobante"),
        gettext_lazy("Of the voucher."),
        "1234",
        needed=True,
    ),
    Column(
        "issued_on",
        gettext_lazy("Date of the voucher"),
        ("date", "fecha", "fecha del comprobante", "fecha de emision"),
        gettext_lazy("For example 24/11/2026."),
        "10/03/2026",
        needed=True,
    ),
    Column("cae", gettext_lazy("CAE (authorisation code)"), ("cae", "cai"), MAY_BE_EMPTY, "70417054367476"),
    Column("buyer_cuit", gettext_lazy("CUIT of the buyer"), ("cuit comprador",), MAY_BE_EMPTY, ""),
    Column(
        "buyer_vat",
        gettext_lazy("VAT status of the buyer on that day"),
        ("condicion iva", "condicion frente al iva"),
        MAY_BE_EMPTY,
        "",
    ),
    Column(
        "currency",
        gettext_lazy("Currency"),
        ("moneda",),
        gettext_lazy("Empty: pesos."),
        "",
    ),
    Column("rate", gettext_lazy("Pesos for one unit"), ("cotizacion", "tipo de cambio"), MAY_BE_EMPTY, ""),
    Column("rate_source", gettext_lazy("Source of the rate"), ("fuente de la cotizacion",), MAY_BE_EMPTY, ""),
    Column("rate_on", gettext_lazy("Day of the rate"), ("fecha de la cotizacion",), MAY_BE_EMPTY, ""),
    Column(
        "net",
        gettext_lazy("Net amount"),
        ("net", "neto", "importe neto", "neto gravado"),
        IN_FIGURES,
        "1.000.000,00",
        needed=True,
    ),
    Column("tax", gettext_lazy("VAT"), ("iva", "impuestos"), IN_FIGURES, "210.000,00"),
    Column("perceptions", gettext_lazy("Perceptions"), ("percepciones",), IN_FIGURES, ""),
    Column(
        "programme_share",
        gettext_lazy("Charged to the programme"),
        ("programme", "programa", "a cargo del programa", "aporte del programa"),
        gettext_lazy("In pesos."),
        "600.000,00",
        needed=True,
    ),
    Column(
        "group_share",
        gettext_lazy("Charged to the group"),
        ("group", "grupo", "a cargo del grupo", "contraparte"),
        gettext_lazy("In pesos."),
        "400.000,00",
    ),
    Column(
        "firm",
        gettext_lazy("For which firm"),
        ("firm", "empresa"),
        gettext_lazy("Its name or its CUIT. Empty: for all of them."),
        "",
    ),
    Column(
        "paid_on",
        gettext_lazy("Paid on"),
        ("fecha de pago", "pagado el"),
        gettext_lazy("If it was paid whole, in one go."),
        "10/03/2026",
    ),
    Column(
        "means",
        gettext_lazy("How it was paid"),
        ("medio de pago", "forma de pago"),
        gettext_lazy("Bank transfer, card, cheque or cash."),
        "",
    ),
)
BY_CODE = {column.code: column for column in COLUMNS}


class Source(imports.Source):
    """A table of expenses: of the first sheet that names a column of net amounts."""

    WANTED = COLUMNS
    FOUND_BY = "net"
    MOST = 100
    NO_HEAD = gettext_lazy(
        "The first row has to name the columns, and one of them has to be “Net amount”. Copy the head of the table too."
    )
    NO_ROWS = gettext_lazy("Below the names of the columns there is no expense.")
    TOO_MANY = gettext_lazy("There are %(rows)s rows. Bring at most %(most)s expenses at a time.")
