"""What one project of the demonstration spends: a statement that is settled, one that waits for finance with a question and a
supplier of the group's own, and one that is open. Through the actions that people use."""

import base64
import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum.ar import cuit as stdnum_cuit

from core import dates
from core.money import cents
from grants.expenses import actions, qr
from grants.models import BaselineLine, Expense, ExpensePayment, Project, Statement
from grants.workflow import STATEMENT
from lsp_program.demo.agenda import Story
from lsp_program.demo.people import Cast

DAY = dt.timedelta(days=1)
HUNDRED = Decimal(100)


def invented_cuit(number: int) -> str:
    """Eleven digits with the right check digit, of no known firm."""
    body = f"3099{number:06d}"
    return body + stdnum_cuit.calc_check_digit(body)


# Supplier, what was bought, and which part of its line the programme pays with it, in per cent.
SETTLED = (
    ("Maquinarias del Litoral SA", "Seña de la máquina compartida", 20),
    ("Consultora Ribera SRL", "Diagnóstico de procesos", 25),
    ("Instituto de Normas del Sur", "Auditoría previa a la certificación", 15),
)
WAITING = (
    ("Maquinarias del Litoral SA", "Segunda cuota de la máquina", 20),
    ("Capacitar Cooperativa Ltda.", "Curso para operarios, primer módulo", 12),
    ("Imprenta La Loma", "Cartelería y folletos de la feria", 8),
)
OPEN = (("Consultora Ribera SRL", "Seguimiento del plan de mejoras", 10),)


def show(project: Project, cast: Cast, today: dt.date) -> Story:
    """Three statements, each in a state of its own."""
    yield today - 60 * DAY
    lines = list(project.lines.exclude(category="coordination"))
    told = _Spending(project, lines, cast)
    settled = told.written(SETTLED, today - 60 * DAY)
    yield today - 58 * DAY
    told.handed_in(settled, today - 58 * DAY)
    yield today - 52 * DAY
    for expense in settled.expenses.all():
        told.judged(expense, "verify", "finance2", today - 52 * DAY)
    yield today - 7 * DAY
    waiting = told.written(WAITING, today - 7 * DAY, own_supplier=True)
    yield today - 6 * DAY
    told.handed_in(waiting, today - 6 * DAY)
    yield today - 4 * DAY
    asked = waiting.expenses.order_by("pk").last()
    told.judged(
        asked,
        "query",
        "finance2",
        today - 4 * DAY,
        remark="¿A qué feria corresponde, y qué empresas participaron?",
    )
    yield today - 2 * DAY
    told.written(OPEN, today - 2 * DAY)


class _Spending:
    """Writes, hands in and judges the expenses of one project."""

    def __init__(self, project: Project, lines: list[BaselineLine], cast: Cast):
        self.project, self.lines, self.cast = project, lines, cast
        self.number = 0

    def written(self, rows: Any, day: dt.date, *, own_supplier: bool = False) -> Statement:
        """A statement with these expenses, paid whole; the second is of a firm of the group when asked for."""
        now = dates.at_noon(day)
        by = self.project.reporter_on(day)
        statement = actions.open_statement(by=by, project=self.project, now=now)
        for place, (supplier, what, percent) in enumerate(rows):
            line = self.lines[place % len(self.lines)]
            expense = self._expense(line, supplier, what, percent, day - (place + 1) * DAY)
            if own_supplier and place == 1:
                firm = self.project.group.firms.order_by("pk").last()
                expense.supplier_name, expense.supplier_cuit = firm.name, firm.cuit
            file = voucher(expense)
            expense.qr = qr.said_by([code_of(expense)])
            payment = ExpensePayment(
                paid_on=expense.issued_on, means="transfer", account="CBU", amount=expense.amounts.total
            )
            actions.save_expense(
                by=by, statement=statement, expense=expense, now=now, payment=payment, upload=file
            )
        return Statement.objects.get(pk=statement.pk)

    def _expense(self, line: BaselineLine, supplier: str, what: str, percent: int, day: dt.date) -> Expense:
        self.number += 1
        programme = cents(line.programme_share * percent / HUNDRED)
        group = cents(line.group_share * percent / HUNDRED)
        net = programme + group
        buyer = self.project.group.firms.order_by("pk").first()
        return Expense(
            line=line,
            description=what,
            kind="A",
            supplier_name=supplier,
            supplier_cuit=invented_cuit(sum(map(ord, supplier))),
            point_of_sale=3,
            number=str(1200 + self.number),
            issued_on=day,
            cae=f"{70_417_054_367_000 + self.number}",
            buyer_cuit=buyer.cuit,
            buyer_vat="registered",
            net=net,
            tax=cents(net * 21 / HUNDRED),
            perceptions=Decimal(0),
            rate=Decimal(1),
            programme_share=programme,
            group_share=group,
        )

    def handed_in(self, statement: Statement, day: dt.date) -> None:
        by = self.project.reporter_on(day)
        STATEMENT.apply(statement, "submit", by=by, now=dates.at_noon(day))

    def judged(self, expense: Expense | None, name: str, who: str, day: dt.date, **data: Any) -> None:
        assert expense is not None
        actions.judge(by=self.cast[who], expense=expense, name=name, now=dates.at_noon(day), data=data)


def code_of(expense: Expense) -> str:
    """The address that the tax authority's code of this invoice has."""
    said = {
        "ver": 1, "fecha": f"{expense.issued_on:%Y-%m-%d}", "cuit": int(expense.supplier_cuit), "ptoVta": 3, "tipoCmp": 1,
        "nroCmp": int(expense.number), "importe": float(expense.amounts.total), "moneda": "PES", "ctz": 1, "tipoDocRec": 80,
        "nroDocRec": int(expense.buyer_cuit), "tipoCodAut": "E", "codAut": int(expense.cae),
    }  # fmt: skip
    return "https://www.afip.gob.ar/fe/qr/?p=" + base64.b64encode(json.dumps(said).encode()).decode()


def voucher(expense: Expense) -> SimpleUploadedFile:
    """A picture of the invoice's code: whoever chooses it again sees the fields fill in."""
    drawn = io.BytesIO()
    segno.make(code_of(expense), error="m").save(drawn, kind="png", scale=4, border=8)
    return SimpleUploadedFile(f"factura-{expense.formatted_number}.png", drawn.getvalue(), "image/png")
