"""What ``import analysis`` offers to notebooks and scripts; each function is loaded when it is first used."""
