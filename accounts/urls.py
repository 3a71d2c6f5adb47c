"""Addresses of the pages about people. allauth's own stand under accounts/."""

from django.urls import path

from accounts import cover_views, delegation_views, views

urlpatterns = [
    path("account/", views.my_account, name="my_account"),
    path("people/", views.people, name="people"),
    path("people/permissions/", views.permission_table, name="permission_table"),
    path("people/<int:pk>/", views.person_detail, name="person_detail"),
    path("people/roles/<int:pk>/second/", views.second_role, name="role_second"),
    path("people/roles/<int:pk>/end/", views.end_role, name="role_end"),
    path("cover/", cover_views.cover_list, name="cover_list"),
    path("cover/<int:pk>/end/", cover_views.cover_end, name="cover_end"),
    path("delegations/", delegation_views.delegation_list, name="delegation_list"),
    path("delegations/<int:pk>/agree/", delegation_views.delegation_agree, name="delegation_agree"),
    path("delegations/<int:pk>/end/", delegation_views.delegation_end, name="delegation_end"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("language/", views.set_language, name="set_language"),
]
