"""Anybody's own training code as one more engine: what it is given, what it gives back, and the process it runs in."""
