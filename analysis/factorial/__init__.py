"""Conditions that cross two or more factors: main effects and interactions, with seeds as blocks."""

from analysis.factorial.analyse import factorial, of_study

__all__ = ["factorial", "of_study"]
