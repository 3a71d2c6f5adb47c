"""A project that pays its coordinator stands for the modules that ask for it."""

from tests.grants.salary.rows import paid_stands

__all__ = ["paid_stands"]
