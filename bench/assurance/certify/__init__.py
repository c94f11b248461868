"""The ladder of certification: rungs in order, each a module with NAME, CLAIM and climb(setting) -> Finding."""
