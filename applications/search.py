"""Finding applications by words: reference, title, group, place, firms, CUIT. Small and capital letters, accents and the
ends of words make no difference."""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery

from applications.querysets import ApplicationQuerySet

# More words than that narrow nothing.
MOST_WORDS = 8
# 30-71234567-8, as people write it.
CUIT = re.compile(r"\b(\d{2})[-. ]?(\d{8})[-. ]?(\d)\b")


def plain(text: str) -> str:
    """Small letters without accents, everything else a space: what `applications_plain` of the database does."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    return re.sub(r"[^a-z0-9]+", " ", bare.lower())


def words_of(text: str) -> list[str]:
    """The words that are looked for, each of which may go on."""
    return plain(CUIT.sub(r"\1\2\3", text)).split()[:MOST_WORDS]


def matching(applications: ApplicationQuerySet, text: str) -> ApplicationQuerySet:
    """Those in which every word stands; all of them when nothing is asked, none when no letter and no figure is."""
    words = words_of(text)
    if not words:
        return applications.none() if text.strip() else applications
    query = " & ".join(f"{word}:*" for word in words)
    return applications.filter(words__vector=SearchQuery(query, search_type="raw", config="simple"))
