"""What happens to one project in the year, day by day: each step is an action of somebody of the programme or of the group, and
plans the next one. Which stories a project lives is its fate.

A step of one subject leads to one of another (a report that is accepted to a payment), so that all of them are steps of one
`Life`; each subject has its file.
"""

from tests.year.lives.beginning import Beginning
from tests.year.lives.changes import Changes
from tests.year.lives.ending import Ending
from tests.year.lives.money import Payments
from tests.year.lives.reporting import Reporting
from tests.year.lives.salary import Salaries
from tests.year.lives.spending import Spending


class Life(Beginning, Payments, Salaries, Reporting, Spending, Changes, Ending):
    """A project, from its opening to its end."""
