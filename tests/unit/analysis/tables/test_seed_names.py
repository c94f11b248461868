"""Seeds that are names, or too large to be stored as numbers, are paired by the name and shown as it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.api.comparison import compare
from analysis.base.errors import TableError
from analysis.cli import main
from analysis.factorial import factorial
from analysis.tables.base_and_head import side_by_side
from analysis.tables.loading import load
from analysis.tables.seeds import names_of, numbered
from analysis.tables.table import from_frame

RNG = np.random.default_rng(6)
VALUES = {label: 0.8 + gain + RNG.normal(0, 0.01, 8).round(4) for label, gain in (("none", 0.0), ("book", 0.01))}
UUIDS = [f"{RNG.integers(16**8):08x}-{RNG.integers(16**4):04x}" for _ in range(8)]


def frame(seeds: list[object]) -> pd.DataFrame:
    """Return two conditions at these eight seeds, the second in another order."""
    rows = [
        (label, seeds[i], VALUES[label][i])
        for label, order in (("none", range(8)), ("book", range(7, -1, -1)))
        for i in order
    ]
    return pd.DataFrame(rows, columns=["condition", "seed", "test_accuracy"])


KINDS = {
    "letters": [*"hgfedcba"],
    "with digits": [f"s{place:02d}" for place in range(8)],
    "uuids": UUIDS,
    "hashes, one of digits alone": [*(f"a{place}b{place}" for place in range(7)), "1234"],
    "with blanks and in another script": [f"Läufe {letter}" for letter in "абвгдежз"],
    "beyond 2^63": [2**63 + place for place in range(8)],
    "beyond 2^64, as text": [str(2**70 + place) for place in range(8)],
}


@pytest.mark.parametrize("seeds", KINDS.values(), ids=KINDS.keys())
def test_names_are_paired_exactly_and_shown(seeds, tmp_path):
    found, plain = (compare(frame(each), "test_accuracy", "none") for each in (seeds, [*range(8)]))
    said, expected = found.to_json(), plain.to_json()
    pairs = [each.pop("pairs") for each in (said["comparisons"][0], expected["comparisons"][0])]
    for each in (said["comparisons"][0], expected["comparisons"][0]):
        each.pop("extreme_seed")
    for each in (said, expected):
        each["warnings"] = [text for text in each["warnings"] if "fragile" not in text]
    assert said == expected
    assert [pair["seed"] for pair in pairs[0]] == [str(seed) for seed in seeds]
    assert [pair["difference"] for pair in pairs[0]] == [pair["difference"] for pair in pairs[1]]
    assert found.effects["book"].extreme_seed == str(seeds[plain.effects["book"].extreme_seed])
    path = tmp_path / "t.csv"
    frame(seeds).to_csv(path, index=False)
    assert compare(path, "test_accuracy", "none").to_json() == found.to_json()


def test_text_and_dropped_trials_have_the_names(tmp_path, capsys):
    path = tmp_path / "t.csv"
    made = frame(KINDS["with digits"]).assign(status="ok", error="")
    made.loc[2, ["status", "error"]] = ["failed", "out of memory"]
    made[made.index != 12].to_csv(path, index=False)
    call = ["compare", str(path), "--metric", "test_accuracy", "--control", "none"]
    assert main([*call, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert next((each["condition"], each["seeds"]) for each in found["dropped"]) == ("none", ["s02"])
    assert found["comparisons"][0]["seeds_lost"] == ["s02", "s03"]
    assert main(call) == 0
    assert "none: 1 trial (seed s02): failed: out of memory" in capsys.readouterr().out


def test_a_mean_that_hangs_on_one_seed_names_it():
    made = frame(KINDS["with digits"])
    made.loc[(made["condition"] == "book") & (made["seed"] == "s03"), "test_accuracy"] = 0.2
    found = compare(made, "test_accuracy", "none", estimand="mean")
    assert any("seed s03" in each for each in found.warnings)


def test_repeated_names_are_named():
    made = pd.concat([frame(KINDS["letters"]), frame(KINDS["letters"])[:1]])
    with pytest.raises(TableError, match="condition 'none', seed h comes 2 times"):
        from_frame(made)


def test_a_value_without_a_logarithm_is_named_by_its_seed(tmp_path, capsys):
    path = tmp_path / "t.csv"
    made = pd.concat([frame(KINDS["with digits"]).assign(task=name) for name in ("one", "two")])
    made.rename(columns={"test_accuracy": "x"}).assign(x=lambda all_: all_["x"].where(all_["seed"] != "s04", 0)).to_csv(
        path
    )
    assert main(["compare", str(path), "--metric", "x", "--control", "none", "--scale", "log-ratio"]) == 2
    assert "condition 'none', seed s04: x is 0" in capsys.readouterr().err


def test_a_factorial_has_the_names():
    rows = [
        (f"{a}-{b}", seed, a, b, 0.8 + a / 100 + RNG.normal(0, 0.01))
        for a in (0, 1)
        for b in (0, 1)
        for seed in reversed(KINDS["letters"])
    ]
    found = factorial(load(pd.DataFrame(rows, columns=["condition", "seed", "a", "b", "x"])), "x")
    assert found.to_json()["seeds"] == [*"abcdefgh"]


def test_a_base_and_a_head_are_paired_by_name():
    base = frame(UUIDS)
    head = base[base["seed"] != UUIDS[2]][::-1].assign(test_accuracy=lambda all_: all_["test_accuracy"] + 0.01)
    both = side_by_side(load(base), load(head), ("book", "book"), "test_accuracy")
    differences = compare(both, "test_accuracy", "base").effects["head"].differences
    assert {*differences} == {*UUIDS} - {UUIDS[2]}
    assert [*differences.values()] == pytest.approx([0.01] * 7)
    with pytest.raises(TableError, match="seeds are names in base and numbers in head"):
        side_by_side(load(base), load(frame([*range(8)])), ("book", "book"), "test_accuracy")


def test_large_numbers_are_in_order_of_size_and_names_in_order_of_appearance():
    assert numbered(pd.Series(["10000", "9", "10000"]))[1] == ("9", "10000")
    assert numbered(pd.Series(["b", "a", "b"]))[1] == ("b", "a")


@pytest.mark.parametrize(
    "seeds", [["a", ""], ["a", "7"], ["a", None], ["nan", "inf"], ["a", "NA"], [True, False], [0.5, 1.5]]
)
def test_what_is_no_name_in_every_row_is_a_fault(seeds):
    assert names_of(pd.DataFrame({"seed": pd.Series(seeds, dtype=object)})) is None
