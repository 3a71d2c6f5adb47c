"""What a group gives back of what it was paid (PROGRAMME 10, Settlement)."""
