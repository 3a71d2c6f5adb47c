"""The app of firms and their groups."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GroupsConfig(AppConfig):
    """Firms, groups, the people of a group and its coordinator."""

    name = "groups"
    verbose_name = _("Groups")

    def ready(self) -> None:
        from accounts import invitations, places
        from accounts.permissions import Action, holds
        from accounts.roles import Role
        from core import dated, documents, navigation
        from core import duties as owed
        from groups import duties, history
        from groups.actions import figures, papers, people
        from groups.places import places_of
        from groups.workflow import posts_pass

        navigation.register(
            _("My groups"),
            "group_list",
            shown=lambda user: user.is_authenticated and not user.staff_roles(),
            order=20,
        )
        navigation.register(
            _("Groups"), "group_search", shown=lambda user: holds(user, Action.VIEW_GROUP), order=21
        )
        navigation.register(
            _("Firms"), "firm_list", shown=lambda user: holds(user, Action.VIEW_FIRM), order=22
        )
        navigation.register(
            _("Signed papers"), "paper_list", shown=lambda user: holds(user, Action.CHECK_PAPER), order=23
        )
        navigation.register(
            _("Catalogues"),
            "catalogue_list",
            shown=lambda user: holds(user, Action.EDIT_CATALOGUES),
            order=75,
        )
        places.register(places_of)
        for role in people.INVITED_TO:
            invitations.register(role, people.take_place)
        invitations.register(Role.NOMINEE, people.take_nomination)
        documents.register(
            figures.CERTIFICATE, can_read=figures.may_read_certificate, label=_("MiPyME certificate")
        )
        documents.register(papers.PAPER, can_read=papers.may_read_paper, label=_("Signed paper of a firm"))
        documents.register(people.CV, can_read=people.may_read_cv, label=_("Coordinator's curriculum"))
        owed.register("groups.papers", duties.papers)
        owed.register("groups.nominations", duties.nominations)
        owed.register("groups.confirmations", duties.confirmations)
        dated.register("groups.posts_pass", posts_pass)
        owed.name_kinds(duties.KINDS)
        history.register()
