"""Addresses of this app's pages."""

from django.urls import path

from core import views

urlpatterns = [
    path("documents/<int:pk>/", views.document, name="document"),
    path("uploads/", views.upload_begin, name="uploads"),
    path("uploads/<uuid:key>/", views.upload, name="upload"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verify, name="verify_document"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("lists/save/", views.filter_save, name="filter_save"),
    path("lists/<int:pk>/take-out/", views.filter_take_out, name="filter_take_out"),
    path("messages/", views.notice_list, name="notices"),
    path("messages/read/", views.notices_read, name="notices_read"),
    path("messages/<int:pk>/open/", views.notice_open, name="notice_open"),
    path("monitor/messages/", views.message_monitor, name="message_monitor"),
    path("monitor/messages/<int:pk>/retry/", views.message_retry, name="message_retry"),
    path("monitor/jobs/", views.job_monitor, name="job_monitor"),
    path("monitor/jobs/<int:pk>/retry/", views.job_retry, name="job_retry"),
]
