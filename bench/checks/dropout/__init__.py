"""Does a dropout layer, anybody's, do what dropout is defined to do? ``python -m bench check-dropout MODULE:LAYER``."""
