"""The demonstration world: an invented programme with exactly the published number of projects by province and by
sector. Deterministic: the same day gives the same world. Everything happens through the actions and transitions
that people use; only firms' tax numbers and the past reminders are made in bulk."""
