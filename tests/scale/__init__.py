"""A results folder of any size, made by the store's own writer: ``python -m tests.scale SEEDS FOLDER``."""
