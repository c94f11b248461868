"""Sections of the report, one file each; `order` says where each stands."""
