"""The working copy: an application's plan and budget and its group's firms as an XLSX file, filled in without a
connection and brought back.

`tables` and `members` say what stands in it, `file` makes it and reads it, `changes` compares what came back with what was
taken and with what is saved now, `saving` writes it.
"""

from applications.working_copy.changes import Changes, compare
from applications.working_copy.file import Brought, make, read
from applications.working_copy.saving import save

__all__ = ["Brought", "Changes", "compare", "make", "read", "save"]
