"""Finding applications by words: reference, title, group, place, firms, CUIT. Small and capital letters, accents and the
ends of words make no difference."""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery

from applications.querysets import ApplicationQuerySet

# More words than that narrow nothing.
MOST_WORDS = 8
# 30-71234567-8 as people write it, or its beginning: 30-712, 30.71.234.
CUIT = re.compile(r"\b\d{2}[-. ]+\d(?:[-. ]*\d){0,8}\b", re.ASCII)
SEPARATORS = re.compile(r"[-. ]+")


def plain(text: str) -> str:
    """Small letters without accents, everything else a space: what `applications_plain` of the database does."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in parts if not "\u0300" <= letter <= "\u036f")
    return re.sub(r"[^a-z0-9]+", " ", bare.lower())


def asked(text: str) -> list[str]:
    """What is looked for, each in the words of PostgreSQL: all must be there, and each word may go on.

    Figures that may be a CUIT are looked for as one too: it stands without its hyphens in the database.
    """
    found, end = [], 0
    for cuit in CUIT.finditer(text):
        found += [f"{word}:*" for word in plain(text[end : cuit.start()]).split()]
        parts = SEPARATORS.split(cuit.group())
        found.append(f"({''.join(parts)}:* | ({' & '.join(f'{part}:*' for part in parts)}))")
        end = cuit.end()
    found += [f"{word}:*" for word in plain(text[end:]).split()]
    return found[:MOST_WORDS]


def matching(applications: ApplicationQuerySet, text: str) -> ApplicationQuerySet:
    """Those in which every word stands; all of them when nothing is asked, none when no letter and no figure is."""
    words = asked(text)
    if not words:
        return applications.none() if text.strip() else applications
    query = " & ".join(words)
    return applications.filter(words__vector=SearchQuery(query, search_type="raw", config="simple"))
