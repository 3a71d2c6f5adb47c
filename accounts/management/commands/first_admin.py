"""Names the first admin of a new system; every later role is given in the pages, by a person, on the timeline."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.actions import grant_first_admin
from accounts.models import User
from core import dates
from core.workflow import Refusal


class Command(BaseCommand):
    help = "Makes a person the first admin. They choose their password through “forgotten password”."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("full_name")

    @transaction.atomic
    def handle(self, *, email: str, full_name: str, **options):
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, full_name)
        EmailAddress.objects.get_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
        try:
            grant_first_admin(user=user, now=dates.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(
            f"{email} is admin. Ask for a password with “forgotten password” on the log-in page."
        )
