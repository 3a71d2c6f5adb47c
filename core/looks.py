"""How a state looks: ONE table from the name of a state to a look and an icon.

The looks are the pairs of colours in theme.css (`.badge-<look>`); icons are names of Bootstrap Icons. A state that
design gives no pair of its own takes the pair of the nearest meaning, with an icon of its own.
"""

NEUTRAL = ("draft", "circle")

LOOKS: dict[str, tuple[str, str]] = {
    # not begun, or given up
    "draft": ("draft", "pencil"),
    "planned": ("draft", "calendar"),
    "assigned": ("draft", "person"),
    "not_started": ("draft", "circle"),
    "optional": ("draft", "dash-circle-dotted"),
    "waiting": ("draft", "hourglass"),
    "pending": ("draft", "hourglass"),
    "open": ("draft", "folder2-open"),
    "withdrawn": ("draft", "slash-circle"),
    "lapsed": ("draft", "hourglass-bottom"),
    "cancelled": ("draft", "dash-circle"),
    "voided": ("draft", "eraser"),
    "skipped": ("draft", "skip-forward"),
    "reassigned": ("draft", "person-dash"),
    "renounced": ("draft", "box-arrow-left"),
    "moved": ("draft", "calendar-range"),
    # handed over: somebody else's turn
    "submitted": ("submitted", "send"),
    "prepared": ("submitted", "send"),
    "nominated": ("submitted", "person-plus"),
    "asked": ("changes", "chat-dots"),
    "offered": ("submitted", "person-lines-fill"),
    "ordered": ("submitted", "cash"),
    "awaiting_agreement": ("submitted", "pen"),
    "interest_declared": ("submitted", "person-check"),
    "given": ("submitted", "send"),
    "answered": ("submitted", "chat-dots"),
    "live": ("submitted", "cash"),
    # being looked at
    "in_review": ("review", "search"),
    "recommended": ("review", "hand-thumbs-up"),
    "reconsideration": ("review", "arrow-repeat"),
    "reserve": ("review", "hourglass-split"),
    # somebody has to act
    "changes_requested": ("changes", "reply"),
    "returned": ("changes", "arrow-return-left"),
    "due": ("changes", "calendar-event"),
    "accrued": ("changes", "receipt"),
    "queried": ("changes", "question-circle"),
    "suspended": ("changes", "pause-circle"),
    "incomplete": ("changes", "three-dots"),
    "warn": ("changes", "exclamation-circle"),
    # good ends
    "approved": ("good", "check-circle"),
    "issued": ("good", "check-circle"),
    "accepted": ("good", "check-circle"),
    "paid": ("good", "check-circle"),
    "confirmed": ("good", "check-circle"),
    "verified": ("good", "check-circle"),
    "sent": ("good", "check-circle"),
    "settled": ("good", "check-circle"),
    "done": ("good", "check-circle"),
    "complete": ("good", "check-circle"),
    "pass": ("good", "check-circle"),
    "clean": ("good", "shield-check"),
    # bad ends
    "rejected": ("bad", "x-circle"),
    "ineligible": ("bad", "x-circle"),
    "failed": ("bad", "x-circle"),
    "refused": ("bad", "x-circle"),
    "fail": ("bad", "x-circle"),
    "infected": ("bad", "shield-exclamation"),
    "declined": ("bad", "hand-thumbs-down"),
    "terminated": ("bad", "stop-circle"),
    "annulled": ("bad", "file-earmark-x"),
    # running
    "active": ("active", "play-circle"),
    "published": ("active", "megaphone"),
    "running": ("active", "gear"),
    "held": ("active", "shield-check"),
    "closing": ("active", "box-arrow-in-down"),
    # late
    "overdue": ("overdue", "exclamation-triangle"),
    # over
    "closed": ("closed", "flag"),
    "ended": ("closed", "flag"),
    "released": ("closed", "flag"),
    "wound_up": ("closed", "archive"),
}


def look_of(state: str) -> tuple[str, str]:
    """The look and the icon of a state."""
    return LOOKS.get(str(state), NEUTRAL)
