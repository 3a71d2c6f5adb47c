"""What the office does around a case, besides judging it: who is in charge, messages with the group, and the same for
many cases at once."""
