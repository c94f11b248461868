"""Monte-Carlo dropout: evaluation is by the mean of several passes with the noise on."""

from __future__ import annotations

from bench.regularisers.record import Regulariser

TEST_PASSES = Regulariser(
    name="test_passes",
    definition="evaluation by the mean of the class probabilities of T passes with the multiplicative noise of "
    "hidden units on, fresh for each pass and epoch, except for a fixed mask; 1 is noise left on at test time, "
    "0 is evaluation without noise",
    source="Gal and Ghahramani 2016, ICML, 1050-1059",
    null=0.0,
    low=0.0,
    high=100.0,
    typical=4.0,
    each="network",
    whole=True,
    passes=True,
)
