"""Addresses of this app's pages."""

from django.urls import path

from grants.views import agreement, payees, payments, projects

urlpatterns = [
    path("projects/", projects.project_list, name="project_list"),
    path("projects/open/<int:application_pk>/", projects.project_open, name="project_open"),
    path("projects/<int:pk>/", projects.project_detail, name="project_detail"),
    path("projects/<int:pk>/agreement/", agreement.agreement, name="agreement"),
    path("projects/<int:pk>/agreement/pdf/", agreement.agreement_document, name="agreement_document"),
    path("projects/<int:pk>/payee/", payees.payee, name="payee"),
    path("projects/<int:pk>/payee/check/", payees.payee_check, name="payee_check"),
    path("projects/<int:pk>/payee/refuse/", payees.payee_refuse, name="payee_refuse"),
    path("projects/<int:pk>/<slug:name>/", projects.project_act, name="project_act"),
    path("payments/", payments.payment_list, name="payment_list"),
    path("payments/tranches/<int:pk>/order/", payments.tranche_order, name="tranche_order"),
    path("payments/<int:pk>/", payments.disbursement_confirm, name="disbursement_confirm"),
    path("payments/<int:pk>/<slug:name>/", payments.disbursement_act, name="disbursement_act"),
]
