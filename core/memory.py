"""What the collector of rubbish looks at in a process that serves requests."""

import gc

# New objects between two collections. A page of many rows makes more than the 2,000 of Python's own setting, none of them
# rubbish yet.
NEW_OBJECTS = 20_000


def settle() -> None:
    """Leave out of every collection what is loaded by now: it stays to the end, and forked processes share it. Saving a
    section costs about a tenth less processor time (make bench ONLY=save_section)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
