"""Visits to groups (PROGRAMME 12): planned, logged with what was seen and agreed, with photographs; also before approval."""
