"""The code that a shared link asks for, for whoever holds the link's lock (groups.links says what a code may)."""

from datetime import datetime

from django.utils.translation import get_language

from groups import letters, links
from groups.models import CodedLink, Firm, Group


def send(link: CodedLink, *, group: Group, address: str, now: datetime) -> None:
    """Send a code to the firm's own address. Raises CodeRefused."""
    code = links.new_code(link, now)
    language = get_language() or letters.language_of(group)
    letters.code(link, code, group=group, address=address, language=language, now=now)
    if link.opened_at is None:
        link.opened_at = now
        link.save(update_fields=["opened_at"])


def why_not(link: CodedLink, code: str, *, firm_id: int, address: str, now: datetime) -> str:
    """Why a typed code does not open the link; "" when it does, and then the address is the firm's. The try counts whatever
    it answers: the caller keeps it."""
    sentence = links.why_not_code(link, code, now)
    if not sentence:
        own = Firm.objects.filter(pk=firm_id, contact_email__iexact=address, contact_verified_at=None)
        own.update(contact_verified_at=now)
    return sentence
