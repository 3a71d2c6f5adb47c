"""The numbers of the acts of the authority."""

from django.utils.translation import gettext as _

from applications.models import Application, Decision


def has_resolution(obj: Application, *, by, now, data) -> str:
    if data and not str(data.get("resolution") or "").strip():
        return _("Write the number of the resolution.")
    return resolution_is_new(obj, by=by, now=now, data=data)


def resolution_is_new(obj: Application, *, by, now, data) -> str:
    number = str(data.get("resolution") or "").strip()
    if number and Decision.objects.filter(resolution=number).exists():
        return number_is_taken(number)
    return ""


def number_is_taken(number: str) -> str:
    return _("The number %(number)s belongs to another resolution.") % {"number": number}
