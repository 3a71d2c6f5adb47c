"""The app of people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import navigation


class AccountsConfig(AppConfig):
    """People, roles and the permission table."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import covering, delegating, duties, fresh, sessions
        from accounts.permissions import Action, holds
        from core import dated
        from core import duties as owed

        owed.register("accounts.seconds", duties.seconds)
        owed.name_kinds(duties.KINDS)
        dated.register("accounts.sessions", sessions.clear_expired)
        covering.register_sentences()
        delegating.register_sentences()
        fresh.register()
        navigation.register(
            _("Delegations"), "delegation_list", shown=lambda user: holds(user, Action.DELEGATE), order=78
        )
        navigation.register(
            _("People and roles"), "people", shown=lambda user: holds(user, Action.MANAGE_ROLES), order=80
        )
