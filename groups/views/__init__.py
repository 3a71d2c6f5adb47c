"""Pages about groups: glue between an address, a form and an action."""
