"""From a TOML file to a frozen, validated study; every fault is collected and reported at once."""

DECIDED = "decided"
"""What a study may run until: every condition is decided."""
