"""What the tests of a group's case pages share: the address of a page, seeing it, and sending its form."""

from django.urls import reverse

from accounts.models import User
from applications.models import Application
from tests.applications.staff_pages import browser


def address(application, name="application_detail", *args) -> str:
    return reverse(name, args=[application.pk, *args])


def see(user: User, application: Application, name="application_detail", *args):
    return browser(user).get(address(application, name, *args))


def send(user: User, application: Application, page: str, /, *args, **data):
    """Send a form with the version of now, unless `version` says otherwise."""
    application.refresh_from_db(fields=["version"])
    data.setdefault("version", application.version)
    return browser(user).post(address(application, page, *args), data)
