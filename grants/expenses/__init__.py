"""Expense statements (PROGRAMME 5 and 10): what an invoice counts for, what it may be charged with, how it is proven."""
