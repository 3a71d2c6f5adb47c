"""All addresses of the site: each app brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("groups.urls")),
    path("", include("applications.urls")),
    # Before the acts of a project, whose address takes any word.
    path("", include("reports.urls")),
    path("", include("grants.urls")),
    path("accounts/", include("allauth.urls")),
]

handler400 = "core.errors.bad_request"
handler403 = "core.errors.forbidden"
handler404 = "core.errors.not_found"
handler500 = "core.errors.server_error"
