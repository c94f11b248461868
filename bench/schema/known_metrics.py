"""What is known of a metric by its name: which values are better, and whether it is a fraction or a time."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

Direction = Literal["higher", "lower"]

HIGHER: Direction = "higher"
LOWER: Direction = "lower"
DIRECTIONS: tuple[Direction, ...] = (HIGHER, LOWER)

GAPS = ("generalisation_gap", "running_gap")
"""Differences of two accuracies, from -1 to 1."""

BAD_ENDING = 0.05
"""By how much an accuracy may end below the median of its condition where nobody says."""

LATE = "late_test_accuracy"
"""Test accuracy late in training: the median over the last epochs of a trial's curve. No column of a trial's row."""

LATE_EPOCHS = 4
"""How many epochs that is where nobody says."""

LARGEST_MARGIN, DOUBTFUL_MARGIN = 0.5, 0.05
"""Margins of a fraction: above the one refused, above the other warned of."""

PROTOCOL = 2
"""Version of the statistical protocol that new plans have."""

ESTIMANDS = TYPICAL, MEAN = "typical", "mean"
"""Which centre of the differences leads: the Hodges-Lehmann estimate, or the mean."""

_WORDS = re.compile(r"[^\W_]+")


def _listed(words: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(words))


_ACCURACY = _listed("accuracy accuracies acc")
_TIMES = _listed("second seconds sec secs ms")
_LOWER_WORDS = _TIMES | _listed("""
    loss losses error errors err gap regret cost costs misclassification deviance
    mse rmse nrmse mae mape smape msle rmsle rmspe mase wape medae crps
    nll nlpd ppl perplexity logloss crossentropy bce xent ece brier bpc bpd bits kl kld jsd
    wer cer eer ter fpr fnr fdr fid fvd kid lpips epe mpjpe ade fde aic bic
    time latency runtime duration delay memory
""")
_HIGHER_WORDS = _ACCURACY | _listed("""
    auc aucs auroc auprc prauc roc f1 map ap precision recall sensitivity specificity tpr tnr mcc kappa ndcg mrr
    bleu rouge meteor chrf return returns reward rewards success elo r2 iou miou dice jaccard psnr ssim
    throughput fps qps
""")
_TURNING_WORDS = _listed("""
    neg negative negated minus inverse likelihood loglikelihood loglik drop dropped reduction reduced decrease
    decreased increase increased improvement improved gain gains gained delta diff difference change closed
    std stdev stddev sd var variance ratio per saved saving savings efficiency free survival
""")
"""Words that turn another around, or make it a spread or a rate: what is better is then not known by the name."""

_TURNED_BY = frozenset({"err", "gap"})
"""After a word of which higher is better: the lower, the better."""

_COUNTED = _listed("samples images tokens words steps iterations it examples items frames batches requests")
"""Before a unit of time: a speed."""

_PARTS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=\d)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)")
_FROM_ONE = re.compile(r"\s*1?\s*-\s*\w")
"""A name that begins with a sign: ``1-accuracy``, ``-loss``."""

_LOWER_ENDS_1 = ("gap", "loss", "seconds", "calibration_error")


def direction_of(metric: str) -> Direction | None:
    """Return which values of `metric` are better, by the words of its name; None where these do not tell."""
    words = words_of(metric)
    if _FROM_ONE.match(metric) or not _TURNING_WORDS.isdisjoint(words):
        return None
    told = [word for word in words if not word.isdigit()]
    in_turn = list(pairwise([*told, ""]))
    if any(one in _COUNTED and other in _TIMES for one, other in in_turn):
        return None
    higher = any(one in _HIGHER_WORDS and other not in _TURNED_BY | _HIGHER_WORDS for one, other in in_turn)
    lower = ("cross", "entropy") in in_turn or not _LOWER_WORDS.isdisjoint(told)
    return None if higher == lower else HIGHER if higher else LOWER


def direction_of_protocol_1(metric: str) -> Direction:
    """Return which values of `metric` are better by the rule of protocol 1, which knew of each."""
    return LOWER if any(f"_{metric}".endswith(f"_{end}") for end in _LOWER_ENDS_1) else HIGHER


def is_accuracy(metric: str) -> bool:
    """Return whether `metric` is an accuracy: a fraction from 0 to 1, and a run that broke is scored at chance."""
    return not _ACCURACY.isdisjoint(words_of(metric)) and direction_of(metric) == HIGHER


def is_fraction(metric: str) -> bool:
    """Return whether differences of `metric` are fractions, which are printed in percentage points."""
    return is_accuracy(metric) or metric in GAPS


def is_seconds(metric: str) -> bool:
    """Return whether `metric` is a time in seconds."""
    return metric == "seconds" or metric.endswith("_seconds")


def bad_ending_of(metric: str) -> float | None:
    """Return by how much a run may end worse than its condition's median where nobody says; None: there is no rule."""
    return BAD_ENDING if is_accuracy(metric) else None


def margin_fault(metric: str, margin: float) -> str | None:
    """Return why a margin of `metric` is refused, None where it is not."""
    if not is_fraction(metric) or margin <= LARGEST_MARGIN:
        return None
    return f"{metric} is a fraction, and at most {LARGEST_MARGIN:g} is expected (0.2 points is 0.002)"


def margin_doubt(metric: str, margin: float) -> str | None:
    """Return what is said of a large margin of `metric`, None where it is not large."""
    if not is_fraction(metric) or not DOUBTFUL_MARGIN < margin <= LARGEST_MARGIN:
        return None
    return f"the margin {margin:g} of {metric} is {100 * margin:.12g} points (0.2 points is 0.002)"


def words_of(metric: str) -> tuple[str, ...]:
    """Return the words of a metric's name, in small letters.

    A name is split at every sign, at capitals (a run of which is one word) and before digits, unless what this would
    split is a known word: F1, R2, mAP, IoU.
    """
    return tuple(word for chunk in _WORDS.findall(metric) for word in _of_chunk(chunk))


def _of_chunk(chunk: str) -> list[str]:
    known = _HIGHER_WORDS | _LOWER_WORDS
    if chunk.lower() in known:
        return [chunk.lower()]
    parts = [part.lower() for part in _PARTS.split(chunk)]
    words: list[str] = []
    for part in parts:
        if words and part.isdigit() and words[-1] + part in known:
            words[-1] += part
        else:
            words.append(part)
    return words
