"""How the timeline of a group and of a firm reads. Names stand in the event's text, figures and ids in its data."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from core import timeline
from core.models import Event
from groups.models import Appointment, Firm, FirmConfirmation, Group, Membership

FIELDS: dict[str, str | Promise] = {
    field.name: field.verbose_name  # type: ignore[union-attr]
    for model, names in (
        (
            Firm,
            (
                "name",
                "legal_form",
                "activity",
                "sector",
                "province",
                "locality",
                "people",
                "contact_name",
                "contact_email",
                "contact_phone",
                "started_on",
            ),
        ),
        (Group, ("value_chain", "working_since", "description")),
        (Membership, ("place_in_chain",)),
    )
    for field in (model._meta.get_field(name) for name in names)
} | {"name": gettext_lazy("Name")}


def what_changed(event: Event) -> str:
    """Which fields and years an event changed."""
    years = [_("sales of %(year)s") % {"year": year} for year in event.data.get("years", [])]
    fields = [str(FIELDS.get(name, name)) for name in event.data.get("fields", [])]
    return ", ".join([*fields, *years])


def group_edited(event: Event) -> str:
    return _("The group's data were changed: %(what)s.") % {"what": what_changed(event)}


def firm_edited(event: Event) -> str:
    return _("A firm's data were changed: %(what)s.") % {"what": what_changed(event)}


def firm_edited_by_itself(event: Event) -> str:
    return _("A firm corrected its own data: %(what)s.") % {"what": what_changed(event)}


def firm_confirmed(event: Event) -> str:
    if event.data.get("way") == FirmConfirmation.Way.CODE:
        return _("A firm confirmed, by a shared link with the code from its own address.")
    return _("A firm confirmed, by the link sent to its own address.")


def invited(event: Event) -> str:
    return _("An invitation was sent: %(role)s.") % {"role": _role(event)}


def joined(event: Event) -> str:
    return _("Accepted the invitation: %(role)s.") % {"role": _role(event)}


def left(event: Event) -> str:
    return _("A place in the group ended: %(role)s.") % {"role": _role(event)}


def _role(event: Event) -> str:
    role = event.data.get("role", "")
    return str(Role(role).label) if role in Role.values else role


def norm_added(event: Event) -> str:
    return _("A norm was added to the ceilings for SMEs, in force from %(day)s on.") % {
        "day": timeline.day_in(event, "valid_from")
    }


def norm_confirmed(event: Event) -> str:
    return _("The first day of a norm on SMEs was confirmed: %(day)s.") % {
        "day": timeline.day_in(event, "valid_from")
    }


def nominated(event: Event) -> str:
    if event.data.get("until"):
        return _("Somebody was nominated to stand in for the coordinator, from %(first)s to %(last)s.") % {
            "first": timeline.day_in(event, "from"),
            "last": timeline.day_in(event, "until"),
        }
    return _("A coordinator was nominated.")


def confirmed(event: Event) -> str:
    if event.data.get("ended_on"):
        return _("Who stands in for the coordinator was confirmed, from %(first)s to %(last)s.") % {
            "first": timeline.day_in(event, "confirmed_from"),
            "last": timeline.day_in(event, "ended_on"),
        }
    return _("The coordinator was confirmed, from %(day)s on.") % {
        "day": timeline.day_in(event, "confirmed_from")
    }


def ended(event: Event) -> str:
    if event.to_state == Appointment.Status.WITHDRAWN:
        return _("The coordinator's appointment was ended before it began.")
    return _("The coordinator's appointment ended; the last day is %(day)s.") % {
        "day": timeline.day_in(event, "ended_on")
    }


def replaced(event: Event) -> str:
    return _("The coordinator is replaced; the last day is %(day)s.") % {
        "day": timeline.day_in(event, "ended_on")
    }


SENTENCES: dict[str, str | Promise | Callable[[Event], str]] = {
    "group.created": gettext_lazy("The group was created."),
    "group.edited": group_edited,
    "group.taken_over": gettext_lazy("Taken over from the programme's earlier files."),
    "firm.registered": gettext_lazy("The firm was registered."),
    "firm.joined": gettext_lazy("A firm joined the group."),
    "firm.edited": firm_edited,
    "firm.left": gettext_lazy("A firm left the group."),
    "firm.certificate_added": gettext_lazy("A MiPyME certificate was added."),
    "firm.certificate_removed": gettext_lazy("A MiPyME certificate was taken away."),
    "firm.link_added": gettext_lazy("A linked firm was added: their sales count together."),
    "firm.link_removed": gettext_lazy("A linked firm was taken away."),
    "firm.asked": gettext_lazy("A firm that is registered already was asked to join."),
    "firm.asked_again": gettext_lazy("The firm was asked again."),
    "firm.question_withdrawn": gettext_lazy("The question to the firm was taken back."),
    "firm.agreed": gettext_lazy("The firm agreed to join, by its own link."),
    "firm.declined": gettext_lazy("The firm declined to join."),
    "firm.link_sent": gettext_lazy("A firm was asked to confirm: the link went to its own address."),
    "firm.link_shared": gettext_lazy("A link for a firm was made, to be shared; it asks for a code."),
    "firm.links_revoked": gettext_lazy("The open links of a firm were revoked."),
    "firm.confirmed": firm_confirmed,
    "firm.refused": gettext_lazy("A firm says that it does not belong to the group."),
    "firm.edited_by_itself": firm_edited_by_itself,
    "firm.paper_added": gettext_lazy("A signed paper of a firm was sent; it is not checked yet."),
    "firm.paper_accepted": gettext_lazy("The signed paper of a firm was accepted."),
    "firm.paper_refused": gettext_lazy("The signed paper of a firm was not accepted."),
    "partner.joined": gettext_lazy("An institution joined the group."),
    "partner.edited": gettext_lazy("What an institution does in the group was changed."),
    "partner.left": gettext_lazy("An institution is with the group no more."),
    "norm.added": norm_added,
    "norm.confirmed": norm_confirmed,
    "norm.deleted": gettext_lazy("A norm that had not begun was deleted from the ceilings for SMEs."),
    "activity.edited": gettext_lazy("An activity's branch, or what decides its size, was changed."),
    "invitation.sent": invited,
    "invitation.revoked": gettext_lazy("An invitation was taken back."),
    "invitation.accepted": gettext_lazy("An invitation was accepted."),
    "person.joined": joined,
    "person.left": left,
    "representation.handed_over": gettext_lazy("The representation of the group was handed over."),
    "appointment.nominated": nominated,
    "appointment.accept": gettext_lazy("The person accepted the nomination."),
    "appointment.decline": gettext_lazy("The person declined the nomination."),
    "appointment.confirm": confirmed,
    "appointment.refuse": gettext_lazy("The programme did not confirm the coordinator."),
    "appointment.withdraw": gettext_lazy("The group took the nomination back."),
    "appointment.end": ended,
    "appointment.dismiss": ended,
    "appointment.replaced": replaced,
    "appointment.pass": gettext_lazy(
        "The last day of an appointment as coordinator, or to stand in, has passed."
    ),
}


# A firm's timeline is read by the people of its group: which other groups ask for it is not their affair.
INTERNAL: dict[str, Promise] = {
    "firm.asked_by_group": gettext_lazy("Another group asked the firm to join."),
    "firm.declined_group": gettext_lazy("The firm declined to join another group."),
}


def register() -> None:
    """Put every event of this app into words (called in AppConfig.ready)."""
    for action, sentence in SENTENCES.items():
        timeline.register(action, sentence)
    for action, words in INTERNAL.items():
        timeline.register(action, words, internal=True)
