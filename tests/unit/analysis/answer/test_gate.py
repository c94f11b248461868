"""A gate: what the headline shows of a requirement, of one table and of two versions of the code."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.answer.compare import compare
from analysis.answer.gate import EQUIVALENT, HOLDS, NEITHER, NOT_INFERIOR, OPPOSITE, SUPERIOR, gate, shown
from analysis.answer.headline import Headline
from analysis.answer.sample_size import by_pilot, spread_of
from analysis.cli import main
from analysis.methods.power import Design
from analysis.tables.table import from_frame
from analysis.wording.gate import junit

ARGUMENTS = ["--metric", "test_accuracy", "--margin", "0.002"]


def runs(
    shift: float = 0.0,
    noise: float = 0.0005,
    conditions: tuple[str, ...] = ("small", "large"),
    seeds: int = 12,
    draw: int = 0,
) -> pd.DataFrame:
    """Return runs whose seeds are alike in every version but for `noise` and a `shift`."""
    random = np.random.default_rng(draw)
    return pd.DataFrame(
        [
            {
                "condition": label,
                "seed": seed,
                "test_accuracy": 0.87 + 0.004 * np.sin(seed) + shift + noise * random.standard_normal(),
            }
            for label in conditions
            for seed in range(seeds)
        ]
    )


def written(folder: Path, **versions: pd.DataFrame) -> list[str]:
    """Write each version as a CSV and return the paths."""
    for name, frame in versions.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return [str(folder / f"{name}.csv") for name in versions]


def headline(low: float | None, high: float | None, low_90: float | None = None, high_90: float | None = None,
             verdict: str | None = "inconclusive", interval: str | None = "simultaneous") -> Headline:  # fmt: skip
    return Headline(
        scope="seeds", verdict=verdict, interval=interval, low=low, high=high, low_90=low_90, high_90=high_90
    )


@pytest.mark.parametrize(
    ("require", "low", "high", "outcome"),
    [
        (SUPERIOR, 0.0021, 0.01, HOLDS),
        (SUPERIOR, 0.002, 0.01, NEITHER),  # a bound at the margin covers it
        (SUPERIOR, -0.01, 0.0019, OPPOSITE),
        (SUPERIOR, -0.01, 0.002, NEITHER),
        (NOT_INFERIOR, -0.0019, 0.01, HOLDS),
        (NOT_INFERIOR, -0.002, 0.01, NEITHER),
        (NOT_INFERIOR, -0.01, -0.0021, OPPOSITE),
        (NOT_INFERIOR, -0.01, -0.002, NEITHER),
        (EQUIVALENT, 0.0021, 0.01, OPPOSITE),
        (EQUIVALENT, -0.01, -0.0021, OPPOSITE),
        (EQUIVALENT, -0.01, 0.01, NEITHER),
        (SUPERIOR, 0.0021, None, HOLDS),  # no upper limit
        (NOT_INFERIOR, None, 0.01, NEITHER),  # no lower limit
    ],
)
def test_the_interval_decides_in_the_direction_of_benefit(
    require: str, low: float | None, high: float | None, outcome: str
) -> None:
    mirrored = (None if high is None else -high, None if low is None else -low)
    assert shown(headline(low, high), require, 0.002, "higher") == outcome
    assert shown(headline(*mirrored), require, 0.002, "lower") == outcome


@pytest.mark.parametrize(
    ("low_90", "high_90", "outcome"),
    [(-0.0019, 0.0019, HOLDS), (-0.0019, 0.002, NEITHER), (-0.002, 0.0019, NEITHER), (None, None, NEITHER)],
)
def test_equivalence_is_by_the_inner_interval(low_90: float | None, high_90: float | None, outcome: str) -> None:
    assert shown(headline(-0.01, 0.01, low_90, high_90), EQUIVALENT, 0.002, None) == outcome


@pytest.mark.parametrize("change", [{"verdict": "cannot_test"}, {"verdict": None}, {"interval": None}])
def test_what_carries_no_verdict_shows_nothing(change: dict[str, str | None]) -> None:
    for require in (SUPERIOR, NOT_INFERIOR, EQUIVALENT):
        assert shown(headline(0.01, 0.02, 0.011, 0.019, **change), require, 0.002, "higher") == NEITHER


@pytest.mark.parametrize(
    ("head", "exits"),
    [
        ({"draw": 1}, {"superior": 4, "not-inferior": 0, "equivalent": 0}),
        ({"draw": 1, "shift": 0.01}, {"superior": 0, "not-inferior": 0, "equivalent": 4}),
        ({"draw": 1, "shift": -0.01}, {"superior": 4, "not-inferior": 4, "equivalent": 4}),
        ({"draw": 1, "noise": 0.02}, {"superior": 5, "not-inferior": 5, "equivalent": 5}),
        ({"draw": 1, "shift": 0.01, "seeds": 2}, {"superior": 5, "not-inferior": 5, "equivalent": 5}),
    ],
)
def test_two_versions_end_in_the_exit_code_that_their_difference_carries(
    tmp_path: Path, head: dict[str, float], exits: dict[str, int]
) -> None:
    tables = written(tmp_path, base=runs(), head=runs(**head))
    assert {each: main(["gate", *tables, *ARGUMENTS, "--require", each]) for each in exits} == exits


def test_two_versions_of_one_condition_are_judged_as_compare_judges_them(tmp_path: Path) -> None:
    base, head = runs(conditions=("net",)), runs(0.001, conditions=("net",), draw=1)
    main(["gate", *written(tmp_path, base=base, head=head), *ARGUMENTS, "--require", "superior", "--json",
          str(tmp_path / "g.json")])  # fmt: skip
    found = json.loads((tmp_path / "g.json").read_text())
    both = pd.concat([base.assign(condition="base"), head.assign(condition="head")])
    expected = compare(from_frame(both), "test_accuracy", "base", margin=0.002).to_json()["comparisons"][0]
    assert found["conditions"][0]["headline"] == expected["headline"]


def test_the_conditions_of_two_versions_are_one_family(tmp_path: Path) -> None:
    three = ("a", "b", "c")
    tables = written(tmp_path, base=runs(conditions=three), head=runs(conditions=three, draw=1))
    width = {}
    for more in ([], ["--condition", "a"]):
        main(["gate", *tables, *ARGUMENTS, "--require", "superior", *more, "--json", str(tmp_path / "g.json")])
        (of_a,) = [each["headline"] for each in json.loads((tmp_path / "g.json").read_text())["conditions"]
                   if each["condition"] == "a"]  # fmt: skip
        width[bool(more)] = of_a["high"] - of_a["low"]
    assert width[False] > width[True]


def test_it_holds_where_it_holds_of_every_condition(tmp_path: Path) -> None:
    base = runs()
    mixed = pd.concat([runs(0.01, conditions=("small",), draw=1), runs(0.0, 0.03, conditions=("large",), draw=1)])
    tables = written(tmp_path, base=base, head=mixed)
    command = ["gate", *tables, *ARGUMENTS, "--require", "superior"]
    assert [main([*command, "--condition", label]) for label in ("small", "large")] == [0, 5]
    assert main(command) == 5


def test_a_condition_that_one_version_lacks_is_named_and_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = written(tmp_path, base=runs(conditions=("a", "b")), head=runs(conditions=("a", "c"), draw=1))
    assert main(["gate", *tables, *ARGUMENTS, "--require", "not-inferior"]) == 0
    said = capsys.readouterr().out
    assert "'b': not compared, as head has no such condition" in said
    assert "'c': not compared, as base has no such condition" in said


def test_tables_of_one_condition_each_are_compared_whatever_it_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = written(tmp_path, base=runs(conditions=("v1",)), head=runs(conditions=("v2",), draw=1))
    assert main(["gate", *tables, *ARGUMENTS, "--require", "not-inferior"]) == 0
    said = capsys.readouterr().out
    assert "v2 against v1" in said
    assert "not compared" not in said


@pytest.mark.parametrize("side", ["base", "head"])
def test_the_metric_is_a_column_of_both(tmp_path: Path, side: str, capsys: pytest.CaptureFixture[str]) -> None:
    frames = {"base": runs(), "head": runs(draw=1)}
    command = [*ARGUMENTS, "--require", "not-inferior"]
    frames[side] = frames[side].rename(columns={"test_accuracy": "final.test_accuracy"})
    assert main(["gate", *written(tmp_path, **frames), *command]) == 0
    frames[side] = frames[side].rename(columns={"final.test_accuracy": "score"})
    capsys.readouterr()
    assert main(["gate", *written(tmp_path, **frames), *command]) == 2
    assert f"{side}.csv:\n  - there is no metric 'test_accuracy'. There is: 'score'" in capsys.readouterr().err


def test_where_nothing_is_shown_the_summary_says_what_could_have_been(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The distance is that of `analysis power` of a pilot: 80% power, for the family."""
    base, head = runs(), runs(noise=0.02, draw=1)
    tables = written(tmp_path, base=base, head=head)
    assert main(["gate", *tables, *ARGUMENTS, "--require", "not-inferior", "--json", str(tmp_path / "g.json")]) == 5
    said = capsys.readouterr().out
    for each in json.loads((tmp_path / "g.json").read_text())["conditions"]:
        rows = [table[table["condition"] == each["condition"]] for table in (base, head)]
        both = pd.concat([rows[0].assign(condition="base"), rows[1].assign(condition="head")])
        design = Design(1.0, 0.05, 0.8, 2, estimand="typical")
        (plan,) = by_pilot(from_frame(both), ("test_accuracy", "base"), design, 2, delta=None, n=None).conditions
        assert each["detectable"] == pytest.approx(plan.detectable_difference)
        amount = f"{100 * each['detectable']:.2f}"
        assert f"12 seeds show with 80% power a true difference that lies {amount} points or more from that" in said


def test_equivalence_tells_the_interval_that_decides_and_the_least_margin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base, head = runs(conditions=("net",)), runs(noise=0.02, conditions=("net",), draw=1)
    tables = written(tmp_path, base=base, head=head)
    command = ["gate", *tables, "--metric", "test_accuracy", "--require", "equivalent", "--json", str(tmp_path / "g")]
    assert main([*command, "--margin", "0.002"]) == 5
    (found,) = json.loads((tmp_path / "g").read_text())["conditions"]
    ends = " to ".join(f"{100 * found['headline'][end]:+.2f}" for end in ("low_90", "high_90"))
    said = capsys.readouterr().out
    assert f"; 90% CI {ends}; 12 seeds" in said
    assert f"is the same to within {100 * found['detectable']:.2f} points, and not to less" in said
    both = pd.concat([base.assign(condition="base"), head.assign(condition="head")])
    known = spread_of(compare(from_frame(both), "test_accuracy", "base").effects["head"], "typical")
    assert known is not None
    design = Design(known[0], 0.05, 0.8, estimand="typical", goal="equivalent", margin=found["detectable"])
    assert design.achieved(known[1], 0.0) == pytest.approx(0.8)


def test_too_few_seeds_are_not_said_to_show_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = written(tmp_path, base=runs(seeds=2), head=runs(noise=0.02, seeds=2, draw=1))
    assert main(["gate", *tables, *ARGUMENTS, "--require", "not-inferior"]) == 5
    said = capsys.readouterr().out
    assert "2 pairs: at least 3 are needed." in said
    assert "80% power" not in said


def test_versions_that_are_the_same_are_feared_to_lack_the_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", *written(tmp_path, base=runs(), head=runs()), *ARGUMENTS, "--require", "not-inferior"]) == 5
    said = capsys.readouterr().out
    assert "The change may not be applied." in said
    assert "The condition" not in said
    assert "80% power" not in said


def test_tables_that_name_no_condition_are_of_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = {"base": runs(conditions=("net",)), "head": runs(-0.02, conditions=("net",), draw=1)}
    tables = written(tmp_path, **{name: each.drop(columns="condition") for name, each in frames.items()})
    assert main(["gate", *tables, *ARGUMENTS, "--require", "not-inferior"]) == 4
    assert main(["gate", tables[0], *ARGUMENTS, "--control", "x", "--require", "not-inferior"]) == 2
    assert "column 'condition' is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("base", "head", "more", "said"),
    [
        (runs(conditions=("a", "b")), runs(conditions=("c", "d")), [], "share no condition"),
        (runs(), runs(draw=1), ["--condition", "smal"], "did you mean 'small'"),
        (runs().assign(device="cpu"), runs(draw=1).assign(device="cuda"), [], "another device: base cpu, head cuda"),
    ],
)
def test_versions_that_cannot_be_compared_are_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    base: pd.DataFrame,
    head: pd.DataFrame,
    more: list[str],
    said: str,
) -> None:
    tables = written(tmp_path, base=base, head=head)
    assert main(["gate", *tables, *ARGUMENTS, "--require", "superior", *more]) == 2
    assert said in capsys.readouterr().err


def test_one_table_is_held_to_it_against_its_control(tmp_path: Path) -> None:
    frame = pd.concat([runs(conditions=("none",)), runs(0.01, conditions=("good",), draw=1),
                       runs(conditions=("same",), draw=2)])  # fmt: skip
    (table,) = written(tmp_path, table=frame)
    command = ["gate", table, *ARGUMENTS, "--control", "none", "--require", "superior"]
    summary = tmp_path / "m.md"
    assert main([*command, *["--condition", "good"] * 2, "--markdown", str(summary)]) == 0
    assert "**It holds.**" in summary.read_text(), "one condition, however often it is named"
    assert main(command) == 4  # of 'same' the opposite is shown
    assert main([*command, "--condition", "none"]) == 2
    assert main(["gate", table, *ARGUMENTS, "--control", "none", "--require", "not-inferior"]) == 0


@pytest.mark.parametrize("require", ["superior", "not-inferior", "equivalent"])
def test_a_metric_without_a_direction_can_only_be_equivalent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], require: str
) -> None:
    tables = written(tmp_path, base=runs().rename(columns={"test_accuracy": "score"}),
                     head=runs(draw=1).rename(columns={"test_accuracy": "score"}))  # fmt: skip
    command = ["gate", *tables, "--metric", "score", "--margin", "0.002", "--require", require]
    assert main(command) == (0 if require == "equivalent" else 2)
    if require != "equivalent":
        assert "--higher-is-better" in capsys.readouterr().err
    assert main([*command, "--higher-is-better"]) == (4 if require == "superior" else 0)


def test_a_margin_is_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = written(tmp_path, base=runs(), head=runs(draw=1))
    assert main(["gate", *tables, "--metric", "test_accuracy", "--require", "superior"]) == 2
    assert "--margin is missing" in capsys.readouterr().err


def test_one_run_each_of_which_the_images_are_known_shows_nothing_of_a_new_run(tmp_path: Path) -> None:
    bits = {"base": np.arange(1000) % 10 < 5, "head": np.arange(1000) % 10 < 9}
    for name, right in bits.items():
        row = {"condition": "net", "seed": 0, "test_correct": int(right.sum()), "test_total": 1000,
               "test_bits": np.packbits(right).tobytes()}  # fmt: skip
        pd.DataFrame([row]).to_parquet(tmp_path / f"{name}.parquet")
    tables = [str(tmp_path / f"{name}.parquet") for name in bits]
    assert main(["gate", *tables, *ARGUMENTS, "--require", "superior"]) == 5


def test_the_summaries_carry_every_condition_and_whatever_its_label_is(tmp_path: Path) -> None:
    labels = ("a|b", "c<d>", "*e*")
    tables = written(tmp_path, base=runs(conditions=labels), head=runs(-0.01, conditions=labels, draw=1))
    out = {name: str(tmp_path / name) for name in ("m.md", "j.xml")}
    ended = main(["gate", *tables, *ARGUMENTS, "--require", "not-inferior", "--markdown", out["m.md"], "--junit",
                  out["j.xml"]])  # fmt: skip
    assert ended == 4
    tests = ET.parse(out["j.xml"]).getroot().findall("testsuite/testcase")
    assert [each.get("name") for each in tests] == ["a|b", "c<d>", "*e*"]
    assert all(each.find("failure") is not None for each in tests)
    rows = [line for line in Path(out["m.md"]).read_text().splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(labels)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {9}


def test_its_sentences_have_no_p_of_a_difference_from_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is claimed is of the margin: a p beside it would be read as that of the claim."""
    tables = written(tmp_path, base=runs(), head=runs(-0.02, draw=1))
    for require in ("superior", "not-inferior", "equivalent"):
        assert main(["gate", *tables, *ARGUMENTS, "--require", require]) == 4
        said = capsys.readouterr().out
        assert "shown to be" in said
        assert not re.search(r"\bp [=<]", said)


@pytest.mark.parametrize("percent", [False, True])
@pytest.mark.parametrize(("step", "codes"), [(-1, (5, 0, 5)), (0, (5, 0, 5)), (1, (0, 0, 4))])
def test_an_end_of_the_interval_at_the_margin_itself_shows_nothing(
    step: int, codes: tuple[int, int, int], percent: bool, tmp_path: Path
) -> None:
    """Six seeds, whose interval reaches from the least to the largest difference: of the margin, and `step` more."""
    unit, more = (10, ["--percent"]) if percent else (1000, [])
    margin = 3
    differences = [margin + step, *(margin + step + each for each in (1, 2, 3, 4, 5))]
    runs = [("none", seed, (601 + 7 * seed) / unit) for seed in range(6)]
    runs += [("some", seed, (601 + 7 * seed + each) / unit) for seed, each in enumerate(differences)]
    file = tmp_path / "runs.csv"
    pd.DataFrame(runs, columns=["condition", "seed", "test_accuracy"]).to_csv(file, index=False)
    asked = ["--metric", "test_accuracy", "--control", "none", "--margin", str(margin / unit), *more]
    kinds = ("superior", "not-inferior", "equivalent")
    assert tuple(main(["gate", str(file), *asked, "--require", each]) for each in kinds) == codes


def test_a_summary_says_no_failure_where_it_holds(tmp_path: Path) -> None:
    frame = pd.concat([runs(conditions=("none",)), runs(0.01, conditions=("good",), draw=1)])
    found = gate(from_frame(frame), "test_accuracy", "none", SUPERIOR, margin=0.002)
    assert found.outcome == HOLDS
    (suite,) = ET.fromstring(junit(found)).findall("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")


def test_standard_output_carries_one_thing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = written(tmp_path, base=runs(), head=runs(draw=1))
    command = ["gate", *tables, *ARGUMENTS, "--require", "not-inferior"]
    assert main([*command, "--json", "-", "--markdown", "-"]) == 2
    capsys.readouterr()
    assert main([*command, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "holds"
