"""Prices move: updates of the unpaid rest of a call's projects (PROGRAMME 10)."""
