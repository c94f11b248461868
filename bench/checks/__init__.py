"""Somebody's code held to laws: a dropout layer, a plug-in."""
