"""Addresses of this app's pages."""

from django.urls import path

from grants.views import (
    agreement,
    expenses,
    papers,
    payees,
    payments,
    projects,
    salary,
    statements,
    timetable,
)

urlpatterns = [
    path("projects/", projects.project_list, name="project_list"),
    path("projects/open/<int:application_pk>/", projects.project_open, name="project_open"),
    path("projects/<int:pk>/", projects.project_detail, name="project_detail"),
    path("projects/<int:pk>/agreement/", agreement.agreement, name="agreement"),
    path("projects/<int:pk>/agreement/pdf/", agreement.agreement_document, name="agreement_document"),
    path("projects/<int:pk>/agreement/papers/", papers.agreement_papers, name="agreement_papers"),
    path("projects/<int:pk>/agreement/papers/<slug:kind>/", papers.paper_add, name="paper_add"),
    path(
        "projects/<int:pk>/agreement/firms/<int:firm_pk>/",
        papers.firm_signature_add,
        name="firm_signature_add",
    ),
    path("projects/<int:pk>/timetable/", timetable.timetable, name="project_timetable"),
    path("projects/<int:pk>/payee/<int:payee_pk>/stop/", payees.payee_stop, name="payee_stop"),
    path("projects/<int:pk>/payee/<int:payee_pk>/release/", payees.payee_release, name="payee_release"),
    path("projects/<int:pk>/salary/", salary.project_salary, name="project_salary"),
    path("projects/<int:pk>/salary/account/", salary.salary_account, name="salary_account"),
    path(
        "projects/<int:pk>/salary/account/<int:payee_pk>/check/", salary.account_check, name="account_check"
    ),
    path(
        "projects/<int:pk>/salary/account/<int:payee_pk>/refuse/",
        salary.account_refuse,
        name="account_refuse",
    ),
    path("salary/", salary.salary_list, name="salary_list"),
    path("salary/<int:pk>/", salary.salary_month, name="salary_month"),
    path("salary/<int:pk>/<slug:name>/", salary.salary_act, name="salary_act"),
    path("projects/<int:pk>/payee/", payees.payee, name="payee"),
    path("projects/<int:pk>/payee/check/", payees.payee_check, name="payee_check"),
    path("projects/<int:pk>/payee/refuse/", payees.payee_refuse, name="payee_refuse"),
    path("projects/<int:pk>/statements/", statements.project_statements, name="project_statements"),
    path("projects/<int:pk>/statements/begin/", statements.statement_begin, name="statement_begin"),
    path("statements/", statements.statement_list, name="statement_list"),
    path("statements/<int:pk>/", statements.statement_detail, name="statement_detail"),
    path("statements/<int:pk>/add/<slug:kind>/", expenses.expense_add, name="expense_add"),
    path("expenses/<int:pk>/", expenses.expense_detail, name="expense_detail"),
    path("expenses/<int:pk>/edit/", expenses.expense_edit, name="expense_edit"),
    path("expenses/<int:pk>/remove/", expenses.expense_remove, name="expense_remove"),
    path("expenses/<int:pk>/ground/", expenses.expense_ground, name="expense_ground"),
    path("expenses/<int:pk>/add/<slug:kind>/", expenses.expense_part_add, name="expense_part_add"),
    path(
        "expenses/<int:pk>/<slug:kind>/<int:part_pk>/remove/",
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
