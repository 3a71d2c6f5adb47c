"""How static files are stored: with a hash in the name and compressed, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names once `collectstatic` has run; plain names before (tests, development)."""

    # Packages name source maps that they do not bring, and that nobody is served: only url() is rewritten.
    patterns = (
        (
            "*.css",
            (r"""(?P<matched>url\((?P<quote>['"]{0,1})\s*(?P<url>.*?)(?P=quote)\))""",),
        ),
    )

    def stored_name(self, name: str) -> str:
        """The hashed name, or the plain one as long as there is no manifest."""
        return super().stored_name(name) if self.hashed_files else name
