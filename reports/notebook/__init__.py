"""The notebook of a project: what its people write down as it happens, and the next report starts from (PROGRAMME 12)."""
