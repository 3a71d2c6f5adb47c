"""What each firm says for a report, by a link of its own and without an account (PROGRAMME 5, 12)."""
