"""The coordinator's salary: what was earned, handed in, accepted and paid (PROGRAMME 10)."""
