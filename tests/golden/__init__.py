"""Golden numbers: what each version computes, so that numbers cannot change while it stays the same."""
