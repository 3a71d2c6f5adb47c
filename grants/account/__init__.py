"""The bank statement of a project's account, matched to the ledger (PROGRAMME 10, Settlement)."""
