"""Addresses of this app's pages."""

from django.urls import URLPattern, path, re_path

from applications.views import (
    agreeing,
    assignment,
    budget,
    bulk,
    call_desk,
    call_editor,
    call_trial,
    calls,
    case,
    changes,
    conditions,
    copying,
    decision,
    documents,
    eligibility,
    experts,
    explanation,
    group,
    lists,
    money,
    notices,
    office,
    plan,
    prices,
    ranking,
    reviews,
    salary_scale,
    sections,
    sending,
    sent,
    snippets,
    suggestions,
    support,
    working_copy,
)

# Calls, for everybody; and what a group writes, sends and asks for.
group_patterns: list[URLPattern] = [
    path("calls/", calls.call_list, name="call_list"),
    path("calls/<str:code>/", calls.call_detail, name="call_detail"),
    path("calls/<str:code>/salary/", salary_scale.salary_scale, name="salary_scale"),
    path("catalogues/prices/", prices.price_index_list, name="price_index_list"),
    path("catalogues/prices/<str:code>/", prices.price_index, name="price_index"),
    path(
        "catalogues/prices/<str:code>/<int:pk>/confirm/",
        prices.price_figure_confirm,
        name="price_figure_confirm",
    ),
    path(
        "catalogues/prices/<str:code>/<int:pk>/take-out/",
        prices.price_figure_take_out,
        name="price_figure_take_out",
    ),
    path("calls/<str:code>/start/", calls.application_start, name="application_start"),
    path("applications/", lists.application_list, name="application_list"),
    path("applications/bulk/", bulk.application_bulk, name="application_bulk"),
    re_path(
        r"^applications/export/(?P<kind>csv|xlsx)/$", lists.application_export, name="application_export"
    ),
    path("applications/<int:pk>/", case.application_detail, name="application_detail"),
    path("applications/<int:pk>/rules/", sections.application_rules, name="application_rules"),
    path("applications/<int:pk>/copy/", copying.application_copy, name="application_copy"),
    path("applications/<int:pk>/copied/", copying.application_copied, name="application_copied"),
    path(
        "applications/<int:pk>/working-copy/",
        working_copy.application_working_copy,
        name="application_working_copy",
    ),
    path(
        "applications/<int:pk>/working-copy/file/", working_copy.working_copy_file, name="working_copy_file"
    ),
    path("applications/<int:pk>/check/", sending.application_check, name="application_check"),
    path("applications/<int:pk>/submit/", sending.application_submit, name="application_submit"),
    path("applications/<int:pk>/receipt/", sending.application_receipt, name="application_receipt"),
    path("applications/<int:pk>/sent/", sent.application_sent, name="application_sent"),
    path("applications/<int:pk>/changes/", changes.application_changes, name="application_changes"),
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
    path("applications/<int:pk>/budget/<int:row>/quotes/", budget.quote_add, name="quote_add"),
    path(
        "applications/<int:pk>/budget/<int:row>/quotes/<int:quote>/delete/",
        budget.quote_delete,
        name="quote_delete",
    ),
    path("applications/<int:pk>/advice/<slug:rule>/", budget.budget_advice, name="budget_advice"),
    path("applications/<int:pk>/money/", money.application_money, name="application_money"),
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

# What admins write of calls.
call_patterns: list[URLPattern] = [
    path("call-desk/", call_desk.call_desk, name="call_desk"),
    path("call-desk/new/", call_desk.call_create, name="call_create"),
    path("call-desk/<str:code>/", call_desk.call_edit, name="call_edit"),
    path("call-desk/<str:code>/preview/", call_trial.call_preview, name="call_preview"),
    path("call-desk/<str:code>/test/", call_trial.call_test_start, name="call_test_start"),
    path("call-desk/<str:code>/test/discard/", call_trial.call_test_discard, name="call_test_discard"),
    path("call-desk/<str:code>/act/<slug:name>/", call_desk.call_act, name="call_act"),
    path("call-desk/<str:code>/discard/", call_desk.call_discard, name="call_discard"),
    path("call-desk/<str:code>/extend/", call_desk.call_extend, name="call_extend"),
    path("call-desk/<str:code>/envelope/", call_desk.call_envelope, name="call_envelope"),
    path("call-desk/<str:code>/cuts/add/", call_desk.call_cut_add, name="call_cut_add"),
    path(
        "call-desk/<str:code>/cuts/<int:number>/end-reserve/",
        call_desk.call_reserve_end,
        name="call_reserve_end",
    ),
    path("call-desk/<str:code>/pages/<slug:page>/", call_editor.call_edit_page, name="call_edit_page"),
    path("call-desk/<str:code>/rows/<slug:kind>/add/", call_editor.call_row_add, name="call_row_add"),
    path("call-desk/<str:code>/rows/<slug:kind>/<int:row>/", call_editor.call_row_edit, name="call_row_edit"),
    path(
        "call-desk/<str:code>/rows/<slug:kind>/<int:row>/move/",
        call_editor.call_row_move,
        name="call_row_move",
    ),
    path(
        "call-desk/<str:code>/rows/<slug:kind>/<int:row>/delete/",
        call_editor.call_row_delete,
        name="call_row_delete",
    ),
]

# Technical support, and what advisers suggest.
support_patterns: list[URLPattern] = [
    path("support/", support.support_list, name="support_list"),
    path("support/<int:pk>/", support.support_detail, name="support_detail"),
    path("support/<int:pk>/act/<slug:name>/", support.support_act, name="support_act"),
    path("support/<int:pk>/sessions/add/", support.session_add, name="session_add"),
    path("support/<int:pk>/sessions/<int:session>/", support.session_edit, name="session_edit"),
    path("groups/<int:pk>/support/", support.group_support, name="group_support"),
    path("groups/<int:pk>/support/ask/", support.support_ask, name="support_ask"),
    path("groups/<int:pk>/support/offer/", support.support_offer, name="support_offer"),
    path(
        "applications/<int:pk>/sections/<slug:section>/suggest/",
        suggestions.suggestion_add,
        name="suggestion_add",
    ),
    path(
        "applications/<int:pk>/suggestions/<int:suggestion>/",
        suggestions.suggestion_detail,
        name="suggestion_detail",
    ),
]

# What staff do to an application.
staff_patterns: list[URLPattern] = [
    path("applications/<int:pk>/eligibility/", eligibility.eligibility, name="eligibility"),
    path("applications/<int:pk>/return/", eligibility.application_return, name="application_return"),
    path("applications/<int:pk>/messages/", office.application_messages, name="application_messages"),
    path("applications/<int:pk>/notes/add/", office.note_add, name="note_add"),
    path("applications/<int:pk>/contacts/add/", office.contact_add, name="contact_add"),
    path("applications/<int:pk>/officer/", office.application_officer, name="application_officer"),
    path("snippets/", snippets.snippet_list, name="snippet_list"),
    path("snippets/add/", snippets.snippet_add, name="snippet_add"),
    path("snippets/<int:pk>/", snippets.snippet_edit, name="snippet_edit"),
    path("snippets/<int:pk>/delete/", snippets.snippet_delete, name="snippet_delete"),
    path("applications/<int:pk>/reviewers/", assignment.reviews_assign, name="reviews_assign"),
    path("applications/<int:pk>/consensus/", agreeing.application_consensus, name="application_consensus"),
    path("applications/<int:pk>/consensus/total/", agreeing.consensus_total, name="consensus_total"),
    path("applications/<int:pk>/recommend/", decision.recommend, name="recommend"),
    path("applications/<int:pk>/decide/", decision.decide, name="decide"),
    path("applications/<int:pk>/reserve/leave/", decision.reserve_leave, name="reserve_leave"),
    path("applications/<int:pk>/amounts/total/", decision.amounts_total, name="amounts_total"),
    path("decisions/<int:pk>/", decision.decision_detail, name="decision_detail"),
    path("decisions/<int:pk>/notice/", notices.decision_notice, name="decision_notice"),
    path("decisions/<int:pk>/letter/", decision.decision_letter, name="decision_letter"),
    path("decisions/<int:pk>/why/", explanation.decision_why, name="decision_why"),
    path("conditions/<int:pk>/met/", conditions.condition_met, name="condition_met"),
    path("call-desk/<str:code>/ranking/", ranking.call_ranking, name="call_ranking"),
    path("call-desk/<str:code>/ranking/recommend/", ranking.ranking_recommend, name="ranking_recommend"),
    re_path(
        r"^call-desk/(?P<code>[^/]+)/ranking/export/(?P<kind>csv|xlsx)/$",
        ranking.ranking_export,
        name="ranking_export",
    ),
    path("reviews/", reviews.review_list, name="review_list"),
    path("reviews/profile/", experts.reviewer_profile, name="reviewer_profile"),
    re_path(r"^reviews/profile/ties/(?P<to>firm|group)/add/$", experts.tie_add, name="reviewer_tie_add"),
    path("reviews/profile/ties/<int:pk>/end/", experts.tie_end, name="reviewer_tie_end"),
    path("reviews/<int:pk>/", reviews.review_detail, name="review_detail"),
    path("reviews/<int:pk>/decline/", reviews.review_decline, name="review_decline"),
    path("reviews/<int:pk>/total/", reviews.review_total, name="review_total"),
]

# The pool of experts.
staff_patterns += [
    path("reviewers/", experts.reviewer_list, name="reviewer_list"),
    path("reviewers/<int:pk>/", experts.reviewer_detail, name="reviewer_detail"),
    path("reviewers/<int:pk>/edit/", experts.reviewer_edit, name="reviewer_edit"),
]

urlpatterns: list[URLPattern] = [*group_patterns, *call_patterns, *support_patterns, *staff_patterns]
