"""Updates of prices: lists in the programme's words. `visible_to` equals `can(VIEW_…)`."""

from typing import Self

from django.db import models

from accounts.permissions import Action, staff_scope


class PriceUpdateQuerySet(models.QuerySet):
    """Updates of prices."""

    def visible_to(self, user) -> Self:
        """The office's own work: nobody holds a role of a call."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(staff_scope(user, Action.VIEW_PRICE_UPDATE, case="call__case"))

    def with_call(self) -> Self:
        """Ready for a list or a page."""
        return self.select_related("call__case", "figure", "prepared_by", "issued_by")

    def waiting(self) -> Self:
        """Prepared, and not issued yet."""
        return self.filter(status="prepared")
