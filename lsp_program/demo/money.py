"""The money of the demonstration beyond payments: proofs, a settlement with its refund and bank statement, sureties, a list
for the bank, findings of the auditor. All by the actions that people use."""

import datetime as dt
from decimal import Decimal

from stdnum.ar import cuit as stdnum_cuit

from accounts.roles import Role
from applications.models import Call
from core import dates
from core.money import ZERO, cents
from grants import bank_lists
from grants.account import actions as account
from grants.account.reading import Movement
from grants.expenses import actions as expenses
from grants.findings import actions as findings
from grants.findings.workflow import FINDING
from grants.ledger import figures_of
from grants.models import Disbursement, Expense, ExpensePayment, Project, Refund
from grants.refunds import actions as refunds
from grants.settling import worked_out
from grants.sureties.actions import take_surety
from grants.workflow import STATEMENT
from lsp_program.demo import papers
from lsp_program.demo.people import Cast
from lsp_program.demo.running import account_number

DAY = dt.timedelta(days=1)
SUPPLIERS = (
    ("Ferretería Industrial del Litoral SA", "30708765432"),
    ("Servicios Técnicos Andinos SRL", "30711223344"),
    ("Maquinarias La Central SA", "30655443322"),
)
STATE = "Tesorería General de la Nación"


def ask_for_proof(call: Call) -> None:
    """A call of today: its first tranche is covered by a surety, its second waits for proof."""
    call.tranches.filter(number=1).update(needs_surety=True)
    call.tranches.filter(number__gt=1).update(proof_percent=80)


def prove(cast: Cast, project: Project, share: Decimal, day: dt.date) -> None:
    """Hand in a voucher for each budget line, of this share of what was approved, and have all verified."""
    by = project.reporter_on(day)
    now = dates.at_noon(day)
    statement = expenses.open_statement(by=by, project=project, now=now)
    lines = [line for line in project.lines.all() if line.programme_share or line.group_share]
    for number, line in enumerate(lines, 1):
        programme, group = cents(line.programme_share * share), cents(line.group_share * share)
        if not programme and not group:
            continue
        name, cuit = SUPPLIERS[number % len(SUPPLIERS)]
        net = programme + group
        tax = cents(net * Decimal("0.21"))
        issued = min(project.first_day + 20 * DAY + 7 * number * DAY, project.last_day, day)
        expense = Expense(
            line=line, description=line.description, kind=Expense.Kind.INVOICE_A, supplier_name=name,
            supplier_cuit=_cuit(cuit), point_of_sale=4, number=f"{project.pk}{statement.number}{number:02}",
            issued_on=issued, cae=f"{project.pk:08}{statement.number:03}{number:03}",
            buyer_vat=Expense.BuyerVat.REGISTERED, net=net, tax=tax, programme_share=programme, group_share=group,
        )  # fmt: skip
        payment = ExpensePayment(
            paid_on=issued, means=ExpensePayment.Means.TRANSFER, account=f"TRF {number:04}", amount=net + tax
        )
        expenses.save_expense(
            by=by,
            statement=statement,
            expense=expense,
            now=now,
            payment=payment,
            upload=papers.pdf(f"factura-{number}"),
        )
    statement.refresh_from_db()
    statement = STATEMENT.apply(statement, "submit", by=by, now=now)
    for expense in statement.expenses.order_by("pk"):
        expenses.judge(by=cast["officer"], expense=expense, name="verify", now=now + dt.timedelta(hours=2))


def _cuit(text: str) -> str:
    """With its right check digit; the firm is invented."""
    return text[:10] + stdnum_cuit.calc_check_digit(text[:10])


def settle(cast: Cast, project: Project, day: dt.date) -> None:
    """All that closing asks for: nearly all is proven, the rest comes back with its interest, and the account is matched."""
    missing = figures_of(project).to_prove
    if missing:
        room = project.approved_amount - figures_of(project).proven
        prove(
            cast,
            project,
            min(missing * Decimal("0.98") / project.approved_amount, room / project.approved_amount),
            day,
        )
    for hours, why, amount in (
        (3, Refund.Why.UNSPENT, worked_out(project).to_return),
        (6, Refund.Why.INTEREST, Decimal("18450.75")),
    ):
        if amount:
            now = dates.at_noon(day) + dt.timedelta(hours=hours)
            _give_back(cast, _ask(cast, project, why, amount, now), amount, now)
    match_account(cast, project, day)


def _ask(cast: Cast, project: Project, why: str, amount: Decimal, now: dt.datetime) -> Refund:
    day = dates.day_of(now)
    return refunds.ask_refund(
        by=cast["finance"], project=project, why=why, amount=amount, due_on=day + 15 * DAY, account_name=STATE,
        account_cbu=account_number(999_001), explanation="Según la liquidación final del proyecto.",
        now=now,
    )  # fmt: skip


def _give_back(
    cast: Cast, refund: Refund, amount: Decimal, asked: dt.datetime, *, confirm: bool = True
) -> None:
    now, day = asked + dt.timedelta(hours=1), dates.day_of(asked)
    receipt = refunds.give_receipt(
        by=refund.project.group.representative, refund=refund, amount=amount, paid_on=day, reference=f"TRF-{refund.pk:06}",
        upload=papers.pdf(f"comprobante-{refund.pk:06}"), now=now,
    )  # fmt: skip
    if confirm:
        refunds.check_receipt(
            by=cast["finance2"], receipt=receipt, name="confirm", now=now + dt.timedelta(hours=1)
        )


def match_account(cast: Cast, project: Project, day: dt.date, *, leave: int = 0) -> None:
    """Bring the bank statement of the account, and say what each line is; `leave` of them are left."""
    by, now = project.reporter_on(day), dates.at_noon(day) + dt.timedelta(hours=9)
    rows = [(p.treasury_date, "Transferencia recibida", p.treasury_number, p.net) for p in _paid(project)]
    for expense in Expense.objects.of_project(project).verified().prefetch_related("payments"):
        rows += [
            (p.paid_on, f"Pago a {expense.supplier_name}"[:200], p.account, -p.amount)
            for p in expense.payments.all()
        ]
    for refund in project.refunds.filter(status="settled"):
        rows += [
            (r.paid_on, "Transferencia enviada", r.reference, -r.amount)
            for r in refund.receipts.filter(status="confirmed")
        ]
    rows.append((day, "Comisión por mantenimiento de cuenta", "", Decimal("-4500.00")))
    account.bring(by=by, project=project, movements=[Movement(*row) for row in sorted(rows)], now=now)
    lines = list(project.account_lines.unmatched().order_by("on", "id"))
    for line in lines[: len(lines) - leave]:
        found = account.candidates(line)
        kind, row = found[0] if found else ("", None)
        account.match(
            by=by, line=line, now=now, kind=kind, pk=row.pk if row is not None else None,
            explanation="" if found else "Gasto bancario: no se rinde.",
        )  # fmt: skip


def _paid(project: Project) -> list[Disbursement]:
    return list(
        Disbursement.objects.filter(tranche__project=project, status="paid", net__gt=ZERO).order_by("pk")
    )


def show(cast: Cast, today: dt.date) -> None:
    """Something on each page of the money: a late refund, sureties, a list for the bank, findings."""
    running = Project.objects.filter(status__in=["active", "closing"], tranches__disbursements__status="paid")
    rows = list(running.order_by("pk").distinct()[:4])
    # After all that the projects themselves did.
    day = today - DAY
    for number, project in enumerate(rows[:2]):
        policy = f"CA-{project.pk:06}"
        take_surety(
            by=cast["finance"], project=project, insurer="Aseguradora de Cauciones del Sur SA", policy=policy,
            amount=project.approved_amount, from_on=project.first_day, expires_on=today + (12 + 200 * number) * DAY,
            upload=papers.pdf("poliza"), now=dates.at_noon(day),
        )  # fmt: skip
    for project, confirm in zip(rows[1:3], (True, False), strict=False):
        amount = cents(figures_of(project).to_prove * Decimal("0.05"))
        if amount:
            now = dates.at_noon(day) + dt.timedelta(hours=3)
            refund = _ask(cast, project, Refund.Why.UNSPENT, 2 * amount, now)
            _give_back(cast, refund, amount, now, confirm=confirm)
    ordered = list(bank_lists.listable(cast["finance"]).values_list("pk", flat=True))[:-1]
    if ordered:
        bank_lists.make(by=cast["finance"], payments=ordered, now=dates.at_noon(day) + dt.timedelta(hours=6))
    _find(cast, today)


def _find(cast: Cast, today: dt.date) -> None:
    """What the auditor found on a project that they were given, one answered, one still to answer."""
    auditor = cast["auditor"]
    auditor.forget_roles()
    project = next((p for p in Project.objects.order_by("-pk") if Role.AUDITOR in p.roles_of(auditor)), None)
    if project is None:
        return
    now = dates.at_noon(today - DAY) + dt.timedelta(hours=7)
    texts = (
        "Falta el remito de entrega del equipamiento pagado con el primer tramo.",
        "El extracto bancario no muestra el depósito de la contraparte del segundo trimestre.",
    )
    first, _second = [
        findings.write_finding(by=auditor, project=project, text=text, due_on=today + 10 * DAY, now=now)
        for text in texts
    ]
    answer = {"answer": "Se adjuntó el remito al informe de avance 2."}
    FINDING.apply(first, "answer", by=cast["officer"], now=now + dt.timedelta(hours=1), data=answer)
