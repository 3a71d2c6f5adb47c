"""The people of the demonstration: one log-in per role, staff, and the people of each group."""

import datetime as dt
import random
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts import actions
from accounts.models import User
from accounts.roles import NEED_SECOND_ADMIN, Role
from core import dates
from lsp_program.demo import names
from lsp_program.local.demo import PASSWORD

BEGINNING = dates.at_noon(dt.date(2006, 11, 1))

# E-mail before the @, name, staff role (None: of a group).
LOG_INS: tuple[tuple[str, str, Role | None], ...] = (
    ("admin", "Adriana Mansilla", Role.ADMIN),
    ("admin2", "Horacio Bustos", Role.ADMIN),
    ("officer", "Olga Fernández", Role.OFFICER),
    ("approver", "Alberto Quintana", Role.APPROVER),
    ("approver2", "Patricia Lemos", Role.APPROVER),
    ("finance", "Felipe Iturbe", Role.FINANCE),
    ("finance2", "Nora Basualdo", Role.FINANCE),
    ("adviser", "Ariel Sandoval", Role.ADVISER),
    ("reviewer1", "Rita Escudero", Role.REVIEWER),
    ("reviewer2", "Gustavo Pereyra", Role.REVIEWER),
    ("auditor", "Aurelia Montes", None),
    ("representative", "Rosa Benítez", None),
    ("member", "Mario Acosta", None),
    ("coordinator", "Clara Villalba", None),
)
FORMER = ("officer.before", "Ofelia Durán", Role.OFFICER)
COLLEAGUE = ("officer2", "Mónica Ledesma", Role.OFFICER)
# Experts of the pool, besides the two who have a log-in.
EXPERTS = (
    ("reviewer3", "Susana Coria", Role.REVIEWER),
    ("reviewer4", "Iván Maidana", Role.REVIEWER),
    ("reviewer5", "Teresa Quiroga", Role.REVIEWER),
)


@cache
def hashed() -> str:
    """The one password, hashed once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make(email: str, full_name: str, joined: dt.datetime = BEGINNING, language: str = "es") -> User:
    """A person who confirmed their address. `email` may be the part before the @."""
    email = email if "@" in email else f"{email}@demo.example"
    user = User.objects.create(
        email=email, full_name=full_name, language=language, password=hashed(), date_joined=joined
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


class Cast(dict[str, User]):
    """The people with a log-in of their own, by the part of the e-mail before the @."""

    @classmethod
    def make(cls) -> "Cast":
        """Create them, with their staff roles: the first admin is named, the rest is given and seconded."""
        cast = cls()
        for name, full_name, role in (*LOG_INS, FORMER, COLLEAGUE, *EXPERTS):
            user = cast[name] = make(name, full_name)
            if name == "admin":
                actions.grant_first_admin(user=user, now=BEGINNING)
            elif role:
                grant = actions.grant_role(by=cast["admin"], user=user, role=role, now=BEGINNING)
                if role in NEED_SECOND_ADMIN:
                    actions.second_role(by=cast["admin2"], grant=grant, now=BEGINNING)
                user.forget_roles()
        return cast


class People:
    """Makes people of groups: each with an address of their own."""

    def __init__(self, draw: random.Random):
        self.draw, self.count = draw, 0

    def new(self, what: str, joined: dt.datetime) -> User:
        """Somebody new; `what` is the first part of the address."""
        self.count += 1
        return make(f"{what}.{self.count}@demo.example", names.person(self.draw), joined)

    def representative(self, opening: dt.date) -> User:
        """Somebody new for a group that is formed on a day."""
        return self.new("empresa", dates.at_noon(opening - dt.timedelta(days=60)))
