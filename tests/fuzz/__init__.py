"""Inputs that went wrong on the way: valid ones, mutated from a fixed seed."""
