"""Throughput as a measured outcome: what training costs under each condition, alone on the machine."""
