"""What was signed on paper, and the accounts to which nothing is paid for the moment (PROGRAMME 10)."""
