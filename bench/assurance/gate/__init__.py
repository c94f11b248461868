"""The regression gate: is this commit slower than the one it branched from, and does it give other numbers?"""
