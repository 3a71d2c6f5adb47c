"""What a firm is in law, guessed from its number and its name. A guess: the firm's form lets people change it."""

import re
import unicodedata

from groups.models.firm import LegalForm

# The first digits of a person's CUIT; those of companies say no more than that it is one.
PEOPLE = ("20", "23", "24", "27")

# The endings of a name without points, longest first where one ends like another.
ENDINGS: tuple[tuple[str, LegalForm], ...] = (
    (r"SOCIEDAD POR ACCIONES SIMPLIFICADA|S ?A ?S", LegalForm.SAS),
    (r"SOCIEDAD DE RESPONSABILIDAD LIMITADA|S ?R ?L", LegalForm.SRL),
    (r"SOCIEDAD DE HECHO|SOCIEDAD SIMPLE|SOC(IEDAD)? DE LA SECCION IV|S ?H", LegalForm.SIMPLE),
    (
        r"SOCIEDAD COLECTIVA|SOCIEDAD EN COMANDITA( POR ACCIONES| SIMPLE)?|S ?C ?A|S ?C ?S"
        r"|ASOCIACION CIVIL|FUNDACION|U ?T ?E",
        LegalForm.OTHER,
    ),
    (r"SOCIEDAD ANONIMA( UNIPERSONAL)?|S ?A ?U|S ?A", LegalForm.SA),
)
COOPERATIVE = re.compile(r"\bCOOP(ERATIVAS?)?\b")


def guess(cuit: str, name: str) -> LegalForm | str:
    """The legal form of a firm of this number (eleven digits) and name; "" where neither tells."""
    if cuit[:2] in PEOPLE:
        return LegalForm.PERSON
    words = _plain(name)
    # Before the endings: a cooperative's name often ends in "Ltda".
    if COOPERATIVE.search(words):
        return LegalForm.COOPERATIVE
    return next((form for ending, form in ENDINGS if re.search(rf"(^| )({ending})$", words)), "")


def _plain(name: str) -> str:
    """Capital letters without accents, points or commas: `Muebles Ñandú S.R.L.` is `MUEBLES NANDU SRL`."""
    letters = unicodedata.normalize("NFKD", name.upper())
    letters = "".join(c for c in letters if not unicodedata.combining(c)).replace(".", "")
    return re.sub(r"[^A-Z0-9]+", " ", letters).strip()
