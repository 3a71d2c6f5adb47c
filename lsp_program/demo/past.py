"""What is over is not told again: messages of the past count as sent, reminders that came before today as given, and
documents of closed cases are made when somebody asks for them."""

import datetime as dt

from django.db.models import F

from core import dates, duties
from core.models import Job, Message, ReminderStep

RECENT = dt.timedelta(days=10)


def settle(today: dt.date) -> None:
    """Mark what the past has done; messages of the last days stay unread."""
    Message.objects.filter(sent_at=None).update(sent_at=F("created_at"))
    old = dates.at_noon(today - RECENT)
    Message.objects.filter(read_at=None, created_at__lt=old).update(read_at=F("created_at"))
    Job.objects.filter(state=Job.State.WAITING, created_at__lt=old).delete()
    yesterday = today - dt.timedelta(days=1)
    steps = {
        (duty.key, duty.due_on, step, duty.user_id)
        for duty in duties.every(yesterday)
        if (step := duty.step(yesterday)) is not None
    }
    ReminderStep.objects.bulk_create(
        (
            ReminderStep(duty=key, due_on=due_on, step=step, user_id=user)
            for key, due_on, step, user in sorted(steps)
        ),
        ignore_conflicts=True,
    )
