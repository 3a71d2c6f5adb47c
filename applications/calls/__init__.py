"""What the programme does to a call: making it, writing its rules, running it, trying it out (PROGRAMME 4)."""

from applications.calls.discarding import discard, why_not_discard
from applications.calls.editing import editing, has_applications, why_not_editable
from applications.calls.making import copy, create
from applications.calls.running import (
    add_cut,
    end_reserve,
    extend,
    on_reserve,
    set_envelope,
    why_not_end_reserve,
)
from applications.calls.trial import discard_test, start_test, test_of, try_sending

__all__ = [
    "add_cut",
    "copy",
    "create",
    "discard",
    "discard_test",
    "editing",
    "end_reserve",
    "extend",
    "has_applications",
    "on_reserve",
    "set_envelope",
    "start_test",
    "test_of",
    "try_sending",
    "why_not_discard",
    "why_not_editable",
    "why_not_end_reserve",
]
