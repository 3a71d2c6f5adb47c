"""What auditors find, and what the office answers (PROGRAMME 12)."""
