"""Letters about a project: proposal to terminate, suspension, resumption, termination; their notification and the answer."""
