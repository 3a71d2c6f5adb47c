"""What follows a machine in joint use for years: its insurance, and the invoices that bought it."""
