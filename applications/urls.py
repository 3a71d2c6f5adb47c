"""Addresses of this app's pages."""

from django.urls import URLPattern, path

from applications.views import (
    assignment,
    budget,
    calls,
    case,
    copying,
    decision,
    documents,
    eligibility,
    group,
    plan,
    reviews,
    sections,
    sending,
    sent,
    staff,
)

# Calls, for everybody; and what a group writes, sends and asks for.
group_patterns: list[URLPattern] = [
    path("calls/", calls.call_list, name="call_list"),
    path("calls/<str:code>/", calls.call_detail, name="call_detail"),
    path("calls/<str:code>/start/", calls.application_start, name="application_start"),
    path("applications/", group.application_list, name="application_list"),
    path("applications/<int:pk>/", case.application_detail, name="application_detail"),
    path("applications/<int:pk>/rules/", sections.application_rules, name="application_rules"),
    path("applications/<int:pk>/copy/", copying.application_copy, name="application_copy"),
    path("applications/<int:pk>/copied/", copying.application_copied, name="application_copied"),
    path("applications/<int:pk>/check/", sending.application_check, name="application_check"),
    path("applications/<int:pk>/submit/", sending.application_submit, name="application_submit"),
    path("applications/<int:pk>/receipt/", sending.application_receipt, name="application_receipt"),
    path("applications/<int:pk>/sent/", sent.application_sent, name="application_sent"),
    path("applications/<int:pk>/papers/<slug:kind>/", sending.application_paper, name="application_paper"),
    path("applications/<int:pk>/act/<slug:name>/", group.application_act, name="application_act"),
    path(
        "applications/<int:pk>/sections/<slug:section>/",
        sections.application_section,
        name="application_section",
    ),
    path(
        "applications/<int:pk>/sections/<slug:section>/mark/",
        sections.section_mark,
        name="section_mark",
    ),
    path("applications/<int:pk>/activities/add/", plan.activity_add, name="activity_add"),
    path("applications/<int:pk>/activities/<int:row>/", plan.activity_edit, name="activity_edit"),
    path("applications/<int:pk>/activities/<int:row>/move/", plan.activity_move, name="activity_move"),
    path("applications/<int:pk>/activities/<int:row>/delete/", plan.activity_delete, name="activity_delete"),
    path("applications/<int:pk>/budget/add/", budget.budget_line_add, name="budget_line_add"),
    path("applications/<int:pk>/budget/<int:row>/", budget.budget_line_edit, name="budget_line_edit"),
    path("applications/<int:pk>/budget/<int:row>/move/", budget.budget_line_move, name="budget_line_move"),
    path(
        "applications/<int:pk>/budget/<int:row>/delete/", budget.budget_line_delete, name="budget_line_delete"
    ),
    path(
        "applications/<int:pk>/documents/<int:requirement>/attach/",
        documents.document_attach,
        name="document_attach",
    ),
    path(
        "applications/<int:pk>/documents/<int:attached>/detach/",
        documents.document_detach,
        name="document_detach",
    ),
    path(
        "applications/<int:pk>/documents/<int:attached>/replace/",
        documents.document_replace,
        name="document_replace",
    ),
    path("applications/<int:pk>/documents/zip/", documents.application_files, name="application_files"),
]

# What staff do to an application.
staff_patterns: list[URLPattern] = [
    path("applications/<int:pk>/eligibility/", eligibility.eligibility, name="eligibility"),
    path("applications/<int:pk>/return/", eligibility.application_return, name="application_return"),
    path("applications/<int:pk>/advisers/", staff.application_advisers, name="application_advisers"),
    path(
        "applications/<int:pk>/advisers/<int:person_pk>/end/",
        staff.application_adviser_end,
        name="application_adviser_end",
    ),
    path("applications/<int:pk>/reviewers/", assignment.reviews_assign, name="reviews_assign"),
    path("applications/<int:pk>/recommend/", decision.recommend, name="recommend"),
    path("applications/<int:pk>/decide/", decision.decide, name="decide"),
    path("applications/<int:pk>/amounts/total/", decision.amounts_total, name="amounts_total"),
    path("decisions/<int:pk>/", decision.decision_detail, name="decision_detail"),
    path("decisions/<int:pk>/letter/", decision.decision_letter, name="decision_letter"),
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/<int:pk>/", reviews.review_detail, name="review_detail"),
    path("reviews/<int:pk>/total/", reviews.review_total, name="review_total"),
]

urlpatterns: list[URLPattern] = [*group_patterns, *staff_patterns]
