"""Addresses of this app's pages."""

from django.urls import path

from groups.views import appointments, firms, groups, people

urlpatterns = [
    path("groups/", groups.group_list, name="group_list"),
    path("groups/all/", groups.group_search, name="group_search"),
    path("groups/new/", groups.group_create, name="group_create"),
    path("groups/<int:pk>/", groups.group_detail, name="group_detail"),
    path("groups/<int:pk>/edit/", groups.group_edit, name="group_edit"),
    path("groups/<int:pk>/firms/add/", firms.firm_add, name="firm_add"),
    path("groups/<int:pk>/firms/check/", firms.firm_check, name="firm_check"),
    path("groups/<int:pk>/firms/admit/", firms.firm_admit, name="firm_admit"),
    path("groups/<int:pk>/firms/<int:firm_pk>/", firms.firm_edit, name="firm_edit"),
    path("groups/<int:pk>/firms/<int:firm_pk>/leave/", firms.firm_leave, name="firm_leave"),
    path("groups/<int:pk>/people/", people.group_people, name="group_people"),
    path("groups/<int:pk>/people/<int:place_pk>/end/", people.place_end, name="place_end"),
    path(
        "groups/<int:pk>/people/<int:place_pk>/represent/",
        people.representation_hand_over,
        name="representation_hand_over",
    ),
    path(
        "groups/<int:pk>/invitations/<int:invitation_pk>/revoke/",
        people.invitation_revoke,
        name="group_invitation_revoke",
    ),
    path("groups/<int:pk>/coordinator/", appointments.coordinator_nominate, name="coordinator_nominate"),
    path("groups/coordinators/<int:pk>/", appointments.appointment_detail, name="appointment_detail"),
    path("groups/coordinators/<int:pk>/<slug:name>/", appointments.appointment_act, name="appointment_act"),
]
