"""Figures: one file each, drawn from results and computing nothing. The report's registry says where each stands."""
