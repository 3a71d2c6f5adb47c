"""What a return for changes leaves open, and so what it holds (PROGRAMME 5, request_changes): the sections that the
officer named, and any with a failing rule, of now. A rule may begin to fail after the return (a firm takes its word
back, the virus scanner refuses a file): without its section the group could never answer.
"""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.eligibility import check
from applications.models import Application
from applications.sections import BY_CODE
from core.dates import day_of
from groups.held import Part
from groups.models import Group

SENTENCES: dict[Part, Promise] = {
    Part.MEMBERS: gettext_lazy(
        "The application “%(application)s” was returned for changes, and the firms are not among what was returned. Who "
        "belongs to the group can change once the application was sent again."
    ),
    Part.INSTITUTIONS: gettext_lazy(
        "The application “%(application)s” was returned for changes, and the institutions are not among what was "
        "returned. They can change once the application was sent again."
    ),
}


def why_not_open(application: Application, section: str, now: datetime) -> str:
    """Why a section of an application that was returned is closed, in a sentence; "" when it is open. No query for one
    that the officer named."""
    if section in application.open_sections:
        return ""
    if BY_CODE[section].is_open(application, check(application, today=day_of(now))):
        return ""
    return _("This section was not returned: only what was returned can be changed.")


def why_group_held(group: Group, part: Part, now: datetime) -> str:
    """Why who belongs to a group cannot change now (groups.held).

    Only an answer to a return is held: it is frozen anew when it is sent, and the office looks again at what it named
    and at nothing else. Before the first submission everything is open; while an application is under review its
    snapshot stands, whatever the group does meanwhile.
    """
    waiting = Application.objects.filter(group=group, status=Application.Status.CHANGES_REQUESTED)
    for application in waiting.select_related("case", "call", "group").order_by("pk"):
        if why_not_open(application, part, now):
            return SENTENCES[part] % {"application": application}
    return ""
