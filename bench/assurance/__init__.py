"""Proof that numbers and speed can be trusted: certification, the race, throughput, the regression gate."""
