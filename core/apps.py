"""The app of the mechanisms."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Timeline, transitions, messages, duties, documents, jobs, PDF."""

    name = "core"
