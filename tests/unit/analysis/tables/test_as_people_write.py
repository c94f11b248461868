"""Labels, seeds, counts and times as people's tables have them: read exactly, or refused, never mistaken."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.answer.compare import compare
from analysis.base.errors import TableError
from analysis.report.varied_settings import varied_settings
from analysis.tables.loading import load_tasks
from analysis.tables.table import from_frame, load
from bench.schema.characters import escaped, has_control

BIG = 2**53


def frame(**columns) -> pd.DataFrame:
    """Return two conditions at eight seeds."""
    rows = [(label, seed) for seed in range(8) for label in ("none", "book")]
    made = pd.DataFrame(rows, columns=["condition", "seed"])
    gain = np.where(made["condition"] == "book", 0.01, 0.0)
    made["test_accuracy"] = 0.85 + gain + np.random.default_rng(2).normal(0, 0.004, len(made)).round(4)
    return made.assign(**columns)


@pytest.mark.parametrize(("one", "other"), [("book", "book "), ("e\N{COMBINING ACUTE ACCENT}", "é")])
def test_labels_that_look_alike_are_one_condition_and_that_is_said(one, other):
    made = frame()
    made["condition"] = [
        label if label == "none" else (one if seed % 2 else other)
        for label, seed in zip(made["condition"], made["seed"], strict=True)
    ]
    table = from_frame(made)
    assert len(table.conditions) == 2
    assert any("look alike" in warning and ascii(one) in warning for warning in table.warnings)
    assert compare(table, "test_accuracy", "none").effects.popitem()[1].n_pairs == 8


def test_labels_that_are_bytes_are_text(tmp_path):
    path = tmp_path / "bytes.parquet"
    table = pa.Table.from_pandas(frame(), preserve_index=False)
    pq.write_table(table.set_column(0, "condition", table["condition"].cast(pa.binary())), path)
    assert load(path).conditions == ("none", "book")


def test_large_seeds_written_in_two_ways_are_paired_exactly(tmp_path):
    path = tmp_path / "big.csv"
    made = frame().astype({"seed": object})
    made["seed"] = [
        f"{BIG + seed}" + (".0" if label == "book" else "")
        for label, seed in zip(made["condition"], made["seed"], strict=True)
    ]
    made.to_csv(path, index=False)
    assert load(path).seeds == tuple(range(BIG, BIG + 8))


@pytest.mark.parametrize(
    "seeds",
    [
        [float(BIG)] * 16,
        ["1.5"] * 16,
        ["nan"] * 16,
        ["inf"] * 16,
        ["1e999999999"] * 16,
        ["one", "1"] * 8,
        ["one", ""] * 8,
        [True] * 16,
    ],
    ids=[
        "float that may stand for several",
        "no whole number",
        "nan",
        "inf",
        "an exponent that no number has",
        "some words",
        "empty",
        "truth",
    ],
)
def test_seeds_that_are_not_exact_are_refused(seeds):
    with pytest.raises(TableError, match=r"row [12]: seed is .*; allowed: a whole number below 2\^63"):
        from_frame(frame(seed=seeds))


def test_counts_written_as_decimal_text_are_counts():
    made = frame()
    text = made.assign(
        test_correct=[f"{round(each * 10_000)}.0" for each in made["test_accuracy"]], test_total="10000.0"
    )
    effects = [compare(from_frame(each), "test_accuracy", "none").effects["book"] for each in (made, text)]
    assert effects[0].p_wilcoxon == pytest.approx(effects[1].p_wilcoxon)
    assert effects[1].typical_difference == pytest.approx(effects[0].typical_difference)


def test_words_in_a_column_of_rates_leave_the_rate_open():
    found = compare(from_frame(frame(rate=["none", "half"] * 8)), "test_accuracy", "none")
    assert found.dose_response is None


def test_a_time_zone_that_nobody_knows_is_no_obstacle(tmp_path):
    path = tmp_path / "zone.parquet"
    table = pa.Table.from_pandas(frame(), preserve_index=False)
    times = pa.array([0] * table.num_rows, pa.timestamp("us", "Nowhere/Land"))
    pq.write_table(table.append_column("started_at", times), path)
    assert load(path).conditions == ("none", "book")


STEERING = ["\x01", "\x1b[31m", "\n", "\x9b", "\x7f", "\u202e", "\u2066", "\u2028", "\uffff", "\ufdd0"]


@pytest.mark.parametrize("letter", STEERING)
def test_a_label_that_would_steer_a_terminal_is_refused(letter: str) -> None:
    made = pd.DataFrame({"condition": ["none", f"a{letter}b"], "seed": [0, 0], "test_accuracy": [0.5, 0.6]})
    with pytest.raises(TableError, match=r"row 2: condition is .*; allowed: a label without control characters"):
        from_frame(made)
    with pytest.raises(TableError, match="task holds control characters in 1 rows"):
        load_tasks(made.assign(condition="none", task=["x", f"a{letter}b"]))


@pytest.mark.parametrize("letter", STEERING)
def test_names_of_seeds_and_columns_are_held_to_the_same(letter: str) -> None:
    made = pd.DataFrame({"condition": ["none", "b"], "seed": ["x", "x"], "test_accuracy": [0.5, 0.6]})
    with pytest.raises(TableError, match=r"row 2: seed is .*; allowed: a name without control characters"):
        from_frame(made.assign(seed=["x", f"a{letter}b"]))
    with pytest.raises(TableError, match="allowed: names without control characters") as refused:
        from_frame(made.assign(**{f"a{letter}b": 1.0}))
    assert letter == "\n" or letter not in str(refused.value)


@pytest.mark.parametrize("letter", STEERING)
def test_the_text_of_a_setting_is_shown_with_such_characters_written_out(letter: str) -> None:
    made = pd.DataFrame({"condition": ["none", "b"], "seed": [0, 0], "test_accuracy": [0.5, 0.6]})
    table = from_frame(made.assign(optimiser=["sgd", f"a{letter}b"], error=f"a{letter}b"))
    (told,) = varied_settings(table).values()
    assert told["none"] == "sgd"
    assert told["b"] == f"a{letter[0].encode('unicode_escape').decode()}{letter[1:]}b"


def test_half_a_pair_of_surrogates_is_no_character() -> None:
    assert has_control("a\ud800b") and escaped("a\ud800b") == "a\\ud800b"


def test_marks_and_joiners_that_names_need_stay() -> None:
    labels = ["none", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "a\u200fb", "\U0001f469\u200d\U0001f52c"]
    made = pd.DataFrame({"condition": labels, "seed": [0] * 4, "test_accuracy": [0.5] * 4})
    assert from_frame(made).conditions == tuple(labels)
