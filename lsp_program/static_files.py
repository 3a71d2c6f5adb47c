"""Which static files are collected: those that pages use, and not all that packages bring beside them. Compressing what
nobody asks for would take most of a start."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder, FileSystemFinder

# Of the folders of front-end packages, by their names in STATICFILES_DIRS. Other folders are taken whole.
WANTED = {
    "bootstrap": {"bootstrap.min.css"},
    "htmx": {"htmx.min.js"},
    # Upright Latin letters, which our languages are written in.
    "encode-sans": {"encode-sans-latin-wght-normal.woff2", "encode-sans-latin-ext-wght-normal.woff2"},
}
UNUSED_APPS = {"django_htmx"}  # its scripts are extensions of htmx


class OurFiles(FileSystemFinder):
    """The site's own files, and the few of the packages that pages name."""

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Any]]:
        for path, storage in super().list(ignore_patterns):
            wanted = WANTED.get(getattr(storage, "prefix", ""))
            if wanted is None or path in wanted:
                yield path, storage


class AppFiles(AppDirectoriesFinder):
    """The files of the libraries whose pages we show."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any):
        used = [config.name for config in apps.get_app_configs() if config.name not in UNUSED_APPS]
        super().__init__(app_names or used, *args, **kwargs)
