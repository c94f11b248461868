"""Deliberate faults in the statistics, and whether the tests notice them."""
