"""Addresses of this app's pages."""

from django.urls import path

from grants.views import (
    agreement,
    expense_imports,
    expenses,
    judging,
    payees,
    payments,
    projects,
    statements,
)

urlpatterns = [
    path("projects/", projects.project_list, name="project_list"),
    path("projects/open/<int:application_pk>/", projects.project_open, name="project_open"),
    path("projects/<int:pk>/", projects.project_detail, name="project_detail"),
    path("projects/<int:pk>/agreement/", agreement.agreement, name="agreement"),
    path("projects/<int:pk>/agreement/pdf/", agreement.agreement_document, name="agreement_document"),
    path("projects/<int:pk>/payee/", payees.payee, name="payee"),
    path("projects/<int:pk>/payee/check/", payees.payee_check, name="payee_check"),
    path("projects/<int:pk>/payee/refuse/", payees.payee_refuse, name="payee_refuse"),
    path("projects/<int:pk>/statements/", statements.project_statements, name="project_statements"),
    path("projects/<int:pk>/statements/begin/", statements.statement_begin, name="statement_begin"),
    path("projects/<int:pk>/statements/table/<slug:kind>/", statements.expense_table, name="expense_table"),
    path("statements/", statements.statement_list, name="statement_list"),
    path("statements/<int:pk>/", statements.statement_detail, name="statement_detail"),
    path("statements/<int:pk>/judge/", judging.statement_judge, name="statement_judge"),
    path("statements/<int:pk>/pdf/", statements.statement_pdf, name="statement_pdf"),
    path("statements/<int:pk>/import/", expense_imports.expense_import, name="expense_import"),
    path(
        "statements/<int:pk>/import/sheet/",
        expense_imports.expense_import_sheet,
        name="expense_import_sheet",
    ),
    path("statements/<int:pk>/add/<slug:kind>/", expenses.expense_add, name="expense_add"),
    path("expenses/<int:pk>/", expenses.expense_detail, name="expense_detail"),
    path("expenses/<int:pk>/edit/", expenses.expense_edit, name="expense_edit"),
    path("expenses/<int:pk>/correct/", expenses.expense_correct, name="expense_correct"),
    path("expenses/<int:pk>/remove/", expenses.expense_remove, name="expense_remove"),
    path("expenses/<int:pk>/ground/", expenses.expense_ground, name="expense_ground"),
    path("expenses/<int:pk>/add/<slug:kind>/", expenses.expense_part_add, name="expense_part_add"),
    path(
        "expenses/<int:pk>/remove/<slug:kind>/<int:part_pk>/",
        expenses.expense_part_remove,
        name="expense_part_remove",
    ),
    path("expenses/<int:pk>/<slug:name>/", expenses.expense_act, name="expense_act"),
    path("projects/<int:pk>/<slug:name>/", projects.project_act, name="project_act"),
    path("payments/", payments.payment_list, name="payment_list"),
    path("payments/tranches/<int:pk>/order/", payments.tranche_order, name="tranche_order"),
    path("payments/<int:pk>/", payments.disbursement_confirm, name="disbursement_confirm"),
    path("payments/<int:pk>/<slug:name>/", payments.disbursement_act, name="disbursement_act"),
]
