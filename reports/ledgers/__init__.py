"""What came of a project, kept as ledgers: people trained, certificates, machines in joint use (PROGRAMME 1, 5)."""
