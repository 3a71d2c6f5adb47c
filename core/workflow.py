"""The transition engine: states change through rows of a table, and nowhere else.

Each app declares ONE `Workflow` per model in its workflow.py. The same guard that disables a button blocks the
POST. `Workflow.apply` is the only writer of a status: in one transaction it locks (what the workflow shares,
then the case, then the object), checks version, state, permission and guards, saves, and writes the timeline
event and the messages.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import timeline
from core.models import Case


class Refusal(Exception):
    """Something that a person may not do now, with the sentence that says why."""

    status_code = 409

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


class TransitionRefused(Refusal):
    """The state, or a guard, does not allow it."""


class StaleObject(Refusal):
    """Somebody else changed the object since the page was opened."""

    def __init__(self, sentence: str = ""):
        super().__init__(
            sentence
            or _("Somebody changed this since you opened the page. Look at it again before you go on.")
        )


class NotAllowed(Refusal):
    """This person may not, whatever the state. The sentence names the role that may."""

    status_code = 403

    @classmethod
    def naming(cls, permission: Any) -> "NotAllowed":
        """The refusal that names who has a permission."""
        return cls(_("You may not do this. It is for: %(roles)s.") % {"roles": permission.allowed_to()})


# A guard answers "" or the sentence that the user reads.
Guard = Callable[..., str]
Effect = Callable[..., None]


@dataclass(frozen=True)
class Transition:
    """One row of the table.

    `sources` "" is an object that has no row yet; `permission` None is the system (no person may);
    `guards` are called as guard(obj, by=, now=, data=), `effects` likewise, after the state is set and before
    it is saved; `needs` lists the keys of `data` that a POST must fill in; `notes` those that go to the timeline
    event (free text: the key "reason").
    """

    name: str
    label: str | Promise
    sources: tuple[str, ...]
    target: str | Callable[..., str]
    permission: Any = None
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    style: str = "primary"


class Given(dict):
    """What a POST brought. True even when it brought nothing, so that a guard tells it from the page that only asks
    what is possible."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Available:
    """A transition as the page shows it: possible, or with the reason why not."""

    transition: Transition
    reason: str

    @property
    def name(self) -> str:
        return self.transition.name

    @property
    def label(self) -> str | Promise:
        return self.transition.label

    @property
    def style(self) -> str:
        return self.transition.style


@dataclass
class Workflow:
    """The transitions of one model. `case_of(obj)` gives its case; `lock_first(obj)` locks what the guards
    share with other cases (a call's envelope), before the case; `since` names a column that keeps the moment at which
    the present state began."""

    model: type[models.Model]
    transitions: Iterable[Transition]
    case_of: Callable[[Any], Case] = lambda obj: obj.case
    lock_first: Callable[[Any], None] = lambda _obj: None
    since: str = ""
    by_name: dict[str, Transition] = field(init=False)

    def __post_init__(self) -> None:
        self.transitions = tuple(self.transitions)
        self.by_name = {row.name: row for row in self.transitions}
        self.more_effects: dict[str, list[Effect]] = {}
        self.more_guards: dict[str, list[Guard]] = {}
        for row in self.transitions:
            timeline.label_transition(self.action(row.name), row.label)

    def action(self, name: str) -> str:
        """What a transition is called on the timeline."""
        return f"{self.model._meta.model_name}.{name}"

    def add_effect(self, name: str, effect: Effect) -> None:
        """Let a later app act when a transition happens, in the same transaction (called in AppConfig.ready)."""
        effects = self.more_effects.setdefault(self.by_name[name].name, [])
        if effect not in effects:
            effects.append(effect)

    def add_guard(self, name: str, guard: Guard) -> None:
        """Let a later app stand against a transition, with its sentence (called in AppConfig.ready)."""
        guards = self.more_guards.setdefault(self.by_name[name].name, [])
        if guard not in guards:
            guards.append(guard)

    def refusal(self, obj: Any, row: Transition, *, by, now: datetime, data: dict) -> str:
        """Why a transition cannot happen now, but for permission; "" when it can."""
        if obj.status not in row.sources:
            return _("This is not possible any more: the state is now “%(state)s”.") % {
                "state": obj.get_status_display()
            }
        for guard in (*row.guards, *self.more_guards.get(row.name, ())):
            if sentence := guard(obj, by=by, now=now, data=data):
                return sentence
        return ""

    def available(self, obj: Any, *, by, now: datetime) -> list[Available]:
        """The transitions from the present state that this person's roles allow, each with the reason that
        still stands against it. Guards that look at the form's data are asked again at the POST."""
        rows = [row for row in self.transitions if obj.status in row.sources and row.permission]
        return [
            Available(row, self.refusal(obj, row, by=by, now=now, data={}))
            for row in rows
            if by.can(row.permission, obj)
        ]

    def apply(
        self, obj: Any, name: str, *, by, now: datetime, version: int | None = None, data: dict | None = None
    ) -> Any:
        """Move an object along one row of the table; answers the fresh object.

        `version` is the number that the page showed; None skips the comparison (jobs, effects of other
        transitions). Raises NotAllowed, StaleObject or TransitionRefused, and then nothing has changed.
        """
        # Never empty here: by that a guard tells that a form was filled in from a page that only asks.
        row, data = self.by_name[name], {"now": now, **(data or {})}
        with transaction.atomic():
            self.lock_first(obj)
            case = Case.objects.select_for_update().get(pk=self.case_of(obj).pk)
            obj = self.model._default_manager.select_for_update().get(pk=obj.pk)
            self._check_permission(row, obj, by)
            # A state that moved on is said as such: who sends twice reads that it was sent.
            if version is not None and version != obj.version and obj.status in row.sources:
                raise StaleObject
            if sentence := self.refusal(obj, row, by=by, now=now, data=data) or _missing(row, data):
                raise TransitionRefused(sentence)
            before = obj.status
            target = row.target if isinstance(row.target, str) else row.target(obj, data)
            obj.status = target
            obj.version += 1
            if self.since:
                setattr(obj, self.since, now)
            for effect in (*row.effects, *self.more_effects.get(name, ())):
                effect(obj, by=by, now=now, data=data)
            obj.save()
            timeline.record(
                case,
                self.action(name),
                by=by,
                now=now,
                obj=obj,
                from_state=before,
                to_state=target,
                text=str(data.get("reason", "")),
                **{key: data[key] for key in row.notes if key in data},
            )
        return obj

    @staticmethod
    def _check_permission(row: Transition, obj: Any, by) -> None:
        if row.permission is None:
            if by is not None:
                raise NotAllowed(_("Only the system does this, when its date comes."))
        elif by is None or not by.can(row.permission, obj):
            raise NotAllowed.naming(row.permission)


def _missing(row: Transition, data: dict) -> str:
    """What a POST left out of what the transition needs, as a sentence; "" when it is complete."""
    for key in row.needs:
        value = data.get(key)
        if value is None or value in ([], (), {}) or (isinstance(value, str) and not value.strip()):
            return _("Say why.") if key == "reason" else _("Not all that this needs was filled in.")
    return ""


def needs_reason(obj, *, by, now, data) -> str:
    """A guard for transitions that ask for a reason. The page asks with an empty `data`: the form is yet to come."""
    if data and not str(data.get("reason", "")).strip():
        return _("Say why.")
    return ""


def mermaid(workflow: Workflow) -> str:
    """The table as a state diagram, for docs/."""
    lines = ["stateDiagram-v2"]
    for row in workflow.transitions:
        targets = [row.target] if isinstance(row.target, str) else getattr(row.target, "states", ["…"])
        lines += [
            f"    {source or '[*]'} --> {target}: {row.name}" for source in row.sources for target in targets
        ]
    return "\n".join(lines)
