"""The pages of this app: home, results, and the reports of a project."""
