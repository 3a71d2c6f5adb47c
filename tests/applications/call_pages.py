"""What the tests of the call editor share: posting a page of it as its own form would."""

from typing import Any

from django.urls import reverse

from applications.forms.call_editor import FORMS
from applications.forms.call_editor_sets import rows_form
from applications.models import Call


def page_url(call: Call, page: str) -> str:
    return reverse("call_edit_page", args=[call.code, page])


def filled(call: Call, page: str) -> dict[str, Any]:
    """Everything that the page would send if nobody changed anything."""
    form = FORMS[page](instance=call)
    data: dict[str, Any] = {"version": call.version}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        if value is True:
            value = "on" if bound.name != "working_days" else "True"
        if isinstance(value, list):
            value = [getattr(each, "pk", each) for each in value]
        data[bound.name] = bound.field.widget.format_value(value) if hasattr(value, "year") else value
    if page == "days" and "working_days" not in data:
        data["working_days"] = "False"
    formset = rows_form(page, call, None)
    if formset is not None:
        for bound in formset.management_form:
            data[bound.html_name] = bound.value()
        for row in formset:
            for bound in row:
                value = bound.value()
                if value is not None:
                    value = bound.field.widget.format_value(value) if hasattr(value, "year") else value
                    data[bound.html_name] = value
    return data


def save(client, call: Call, page: str, **changed: Any):
    """Post the page with these answers; None leaves one out."""
    call.refresh_from_db()
    data = {**filled(call, page), **changed}
    return client.post(
        page_url(call, page), {name: value for name, value in data.items() if value is not None}
    )
