"""Technical support (PROGRAMME 1, 3): a group asks for it, an officer assigns an adviser, who accepts; sessions are logged,
and sections get suggestions. workflow.py has the states, actions.py the log, suggestions.py what an adviser suggests.

Whoever advised a group stays known after the end: nobody decides on, or reviews, what they advised.
"""

from applications.supporting.history import advised_ids

__all__ = ["advised_ids"]
