"""Addresses of this app's pages."""

from django.urls import path

from reports.views import (
    activity,
    calendar,
    closing,
    home,
    inbox,
    ledgers,
    machines,
    monday,
    notebook,
    office,
    part_answer,
    parts,
    reading,
    registers,
    results,
    risks,
    staff_figures,
    writing,
)

# What came of projects, and what each firm says of it.
OUTCOMES = [
    path("reports/<int:pk>/ledgers/<slug:kind>/add/", ledgers.report_entry, name="report_entry_add"),
    path("reports/<int:pk>/ledgers/<slug:kind>/<int:row>/", ledgers.report_entry, name="report_entry_edit"),
    path(
        "reports/<int:pk>/ledgers/<slug:kind>/<int:row>/remove/",
        ledgers.report_entry_remove,
        name="report_entry_remove",
    ),
    path(
        "reports/<int:pk>/ledgers/machine/<int:row>/photos/<int:photo>/remove/",
        ledgers.machine_photo_remove,
        name="machine_photo_remove",
    ),
    path("reports/<int:pk>/firms/", parts.report_parts, name="report_parts"),
    path("reports/<int:pk>/firms/<int:row>/", parts.report_part, name="report_part"),
    path("reports/<int:pk>/firms/<int:row>/remind/", parts.report_part_remind, name="report_part_remind"),
    path("reports/<int:pk>/firms/<int:row>/share/", parts.report_part_share, name="report_part_share"),
    path(
        "reports/<int:pk>/firms/<int:row>/withdraw/", parts.report_part_withdraw, name="report_part_withdraw"
    ),
    path("report-parts/<str:token>/", part_answer.firm_part, name="firm_part"),
    path("outcomes/<int:pk>/", registers.project_outcomes, name="project_outcomes"),
    path("outcomes/<int:pk>/checks/", registers.check_plan, name="check_plan"),
    path("certificates/", registers.certificate_list, name="certificate_list"),
    path("certificates/export.<slug:kind>", registers.certificate_export, name="certificate_export"),
    path("certificates/<int:pk>/", registers.certificate_detail, name="certificate_detail"),
    path("certificates/<int:pk>/renew/", registers.certificate_renew, name="certificate_renew"),
    path("certificates/<int:pk>/let-go/", registers.certificate_let_go, name="certificate_let_go"),
    path("machines/", registers.machine_list, name="machine_list"),
    path("machines/export.<slug:kind>", registers.machine_export, name="machine_export"),
    path("machines/<int:pk>/", registers.machine_detail, name="machine_detail"),
    path("machines/<int:pk>/check/", registers.machine_check, name="machine_check"),
    path("machines/<int:pk>/insurance/", machines.machine_insure, name="machine_insure"),
    path("machines/<int:pk>/invoices/", machines.machine_invoices, name="machine_invoices"),
    path("outcomes/<int:pk>/closing/", closing.project_closing, name="project_closing"),
]

urlpatterns = [
    *OUTCOMES,
    path("projects/<int:pk>/risks/", risks.project_risks, name="project_risks"),
    path("", home.front, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("monday/", monday.monday, name="monday"),
    path("calendar/", calendar.calendar_address, name="calendar"),
    path("calendar/<int:pk>/<slug:code>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("figures/staff/", staff_figures.staff_figures, name="staff_figures"),
    path("figures/staff/<slug:table>.csv", staff_figures.staff_figures_csv, name="staff_figures_csv"),
    path("results/", results.results, name="results"),
    path("results/provinces.csv", results.provinces_csv, name="results_provinces_csv"),
    path("results/sectors.csv", results.sectors_csv, name="results_sectors_csv"),
    path("reports/", reading.report_list, name="report_list"),
    path("reports/<int:pk>/", reading.report_detail, name="report_detail"),
    path("reports/<int:pk>/pdf/", reading.report_pdf, name="report_pdf"),
    path("reports/<int:pk>/write/", writing.report_edit, name="report_edit"),
    path("reports/<int:pk>/activities/<int:activity_pk>/", activity.report_activity, name="report_activity"),
    path(
        "reports/<int:pk>/evidence/<int:evidence_pk>/remove/",
        activity.report_evidence_remove,
        name="report_evidence_remove",
    ),
    path("reports/<int:pk>/outcomes/add/", writing.report_outcome, name="report_outcome_add"),
    path("reports/<int:pk>/outcomes/<int:row>/", writing.report_outcome, name="report_outcome_edit"),
    path(
        "reports/<int:pk>/outcomes/<int:row>/remove/",
        writing.report_outcome_remove,
        name="report_outcome_remove",
    ),
    path("reports/<int:pk>/check/", writing.report_check, name="report_check"),
    path("reports/<int:pk>/receipt/", writing.report_receipt, name="report_receipt"),
    path(
        "reports/<int:pk>/observations/<int:row>/met/", office.observation_met, name="report_observation_met"
    ),
    path(
        "reports/<int:pk>/activities/<int:activity_pk>/notebook/",
        notebook.report_notebook,
        name="report_notebook",
    ),
    path("reports/<int:pk>/notebook/", notebook.report_notebook, name="report_notebook_whole"),
    path("reports/<int:pk>/unchanged/", writing.report_unchanged, name="report_unchanged"),
    path("projects/<int:pk>/reports/ask/", office.report_ask, name="report_ask"),
    path("notebooks/<int:pk>/", notebook.notebook, name="notebook"),
    path("notebooks/<int:pk>/add/<slug:kind>/", notebook.notebook_add, name="notebook_add"),
    path("notebooks/<int:pk>/<int:entry_pk>/", notebook.notebook_edit, name="notebook_edit"),
    path("notebooks/<int:pk>/<int:entry_pk>/remove/", notebook.notebook_remove, name="notebook_remove"),
    path("reports/<int:pk>/<slug:name>/", office.report_act, name="report_act"),
]
