"""Where allauth meets this project: its mail goes through the outbox, its people are ours, its links are the site's."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from core import dates, outbox


class AccountAdapter(DefaultAccountAdapter):
    """How log-in, registration and reset behave here."""

    def save_user(self, request, user: User, form, commit: bool = True) -> User:
        """Fill in what our registration form asks besides allauth's."""
        super().save_user(request, user, form, commit=False)
        user.email = user.email.strip().lower()
        user.full_name = form.cleaned_data.get("full_name", "")
        user.language = form.cleaned_data.get("language") or translation.get_language()
        if commit:
            try:
                with transaction.atomic():
                    user.save()
            except IntegrityError as error:
                # The same address from two tabs at once: the answer is the one for an address that is known.
                self.send_account_already_exists_mail(user.email)
                response = self.respond_email_verification_sent(request, None)
                raise ImmediateHttpResponse(response) from error
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the message in the outbox: `account/email/login_code` is `emails/account_login_code`.

        These messages hold links that log people in, so their context is emptied once they have left.
        """
        now = dates.now()
        # An address that nobody proved to be theirs belongs to no account yet.
        user = (
            User.objects.filter(email=email.lower()).first()
            or User.objects.filter(emailaddress__email=email.lower(), emailaddress__verified=True).first()
        )
        language = user.language if user else translation.get_language()
        with translation.override(language):
            told = {key: _plain(key, value) for key, value in context.items()}
        outbox.queue(
            key=f"account.{uuid.uuid4()}",
            to=user,
            address=email,
            template="account_" + template_prefix.rsplit("/", 1)[-1],
            now=now,
            language=language,
            context={key: value for key, value in told.items() if value is not None},
            confidential=True,
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        """Take as long as for a new address, whose password is hashed: the time must not tell either."""
        make_password(email)
        super().send_account_already_exists_mail(email)

    def _get_login_attempts_cache_key(self, request, **credentials: Any) -> str:
        """Failures count by address alone: another Host header does not buy more attempts."""
        return str(credentials.get("email", "")).lower()


def _plain(key: str, value: Any) -> str | None:
    """What the outbox keeps of a value of allauth's context: text; None for what it does not keep.

    Links are made from SITE_URL, never from the Host header that somebody sent.
    """
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    if not isinstance(value, str):
        return None
    if key.endswith("_url"):
        parts = urlsplit(value)
        return settings.SITE_URL + parts.path + (f"?{parts.query}" if parts.query else "")
    return str(value)
