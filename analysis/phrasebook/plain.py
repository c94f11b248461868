"""Numbers, names and lists as texts."""

from __future__ import annotations

from analysis.answer.headline import ITEM_GROUPS, ITEMS, SEEDS, SEEDS_AND_GROUPS, SEEDS_AND_IMAGES
from analysis.methods import verdict
from analysis.phrasebook.entry import Entry, called
from analysis.tables.table import Dropped
from analysis.wording import differences, number_format, phrases, seeds, terminal, throughput, units, verdicts
from bench.schema.known_metrics import HIGHER, LOWER, MEAN, TYPICAL


def entries() -> tuple[Entry, ...]:
    """Return what is written of plain values."""
    return (
        called(number_format.margin_text, (0.1,), (100 * 0.0013,), (250.0,)),
        called(number_format.level, (0.05,), (0.1,), (0.001,)),
        called(number_format.inner_level, (0.05,), (0.6,)),
        called(number_format.probability, (None,), (0.0004,), (0.0042,), (0.049,), (1.0,)),
        called(number_format.p_value, (0.0004,), (0.0042,), (0.049,), (1.0,)),
        called(phrases.listed, ([],), (["a"],), (["a", "b"],), (["a", "b", "c"],)),
        called(phrases.count, (0, "trial"), (1, "trial"), (1200, "trial")),
        called(phrases.every, (1, "condition"), (2, "condition"), (1200, "trial")),
        called(phrases.holding, ([SEEDS], "image", "conditions"), ([SEEDS_AND_IMAGES], "example", "effects"),
               ([SEEDS_AND_GROUPS], "example", "conditions"), ([ITEMS], "image", "conditions"),
               ([ITEM_GROUPS], "image", "conditions")),
        called(phrases.ranges, ([3],), ([0, 1, 2, 7],), (list(range(0, 40, 2)),)),
        called(phrases.spoken, ("weight_decay",)),
        called(phrases.settings, ([("dropout", "0.2 / 0.5"), ("weight_decay", "0")],)),
        called(differences.amount, (0.0026, "test_accuracy"), (0.0, "generalisation_gap"), (-0.25, "test_loss"),
               (3.5, "train_seconds"), (0.00001, "test_accuracy")),
        called(differences.amounts, ([0.0026, -0.01], "test_accuracy"), ([0.0026, 12.5], "test_loss")),
        called(seeds.what_splits_can_test, (10, 0.1)),
        called(seeds.what_can_be_tested, (2, 1, 0.05, TYPICAL), (5, 1, 0.05, TYPICAL), (16, 6, 0.05, TYPICAL),
               (16, 6, 0.05, MEAN)),
        called(seeds.what_single_runs_can_do, (5, 1, 0.05), (10, 1, 0.05), (16, 6, 0.05), (100, 6, 0.05)),
        called(seeds.what_is_found, (2, 1, 0.05, TYPICAL, None), (16, 6, 0.05, TYPICAL, ("test_accuracy", 0.001))),
        called(differences.unit_after, ("test_accuracy",), ("train_seconds",), ("test_loss",)),
        called(phrases.quoted, ("none",)),
        called(units.plain, (None, 2), (-0.001, 2), (-0.25, 2)),
        called(units.signed, (None, 2), (0.001, 2), (0.25, 2), (-0.25, 2)),
        called(units.share_limits, (None, None), (0.0, 0.036), (0.0, 0.000295), (0.99997, 1.0)),
        called(terminal.interval, (0.001, 0.002, 100, None), (None, 0.002, 100, None), (0.5, None, 1, None),
               (None, None, 1, None)),
        called(terminal.number, (None, 1), (0.8512, 100), (0.8512, 1)),
        called(terminal.signed, ([0.001, -0.002], 100, None), ([0.00099], 100, 0.001)),
        called(terminal.left_out, (Dropped("book", (3,), "failed: out of memory"),),
               (Dropped("book", (3, 4, 5, 9), "stale: not in the present plan"),)),
        called(terminal.itemised, ("Left out", ["one", "two"]), ("Left out", [])),
        called(throughput.count, (1, "block"), (1200, "block")),
        called(throughput.percents, ([1.02, 0.97, 1.0], 0.02), ([1.0201], 0.02)),
        called(verdicts.better, (HIGHER,), (LOWER,), (None,)),
        called(verdicts.worded, *[(each, way) for each in verdict.VERDICTS for way in (HIGHER, LOWER)],
               *[(each, None) for each in verdict.BY_SIGN]),
        called(verdicts.tone_of, *[(each,) for each in (*verdict.VERDICTS, *verdict.BY_SIGN)]),
    )  # fmt: skip
