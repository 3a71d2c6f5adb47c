"""Sureties for advances (PROGRAMME 10, Tranches)."""
