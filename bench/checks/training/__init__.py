"""Anybody's training code held to laws from outside: it is run, watched, changed a little, and run again."""
