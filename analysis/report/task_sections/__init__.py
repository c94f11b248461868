"""Sections of the report over several tasks, one file each; `order` says where each stands."""
