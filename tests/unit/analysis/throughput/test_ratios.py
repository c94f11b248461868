"""Ratios of time: by hand, paired by block, from slots that were alone on the machine and no others."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from analysis.base.errors import TableError
from analysis.cli import main
from analysis.methods import verdict
from analysis.tables.plan import Plan, PlannedAnalysis, PlannedCondition
from analysis.throughput import speeds
from analysis.wording.throughput import percents, sentence, short

RATIOS = {"none": 1.0, "book": 1.2, "even": 1.0}


def found(folder, **given):
    (only,) = speeds(folder, None, **({"control": "none", "alpha": 0.05} | given))
    return only


def entry(speed, label):
    return next(each for each in speed.comparisons if each.condition == label)


def test_by_hand(tmp_path, measured, made_slots):
    """Differences of logarithms ln 1.1, ln 1.2, ln 1.3; mean, standard error and t quantile written out."""
    rows = made_slots({"none": 1.0, "book": 1.0}, blocks=3)
    times = {"none": [1.0, 2.0, 4.0], "book": [1.1, 2.4, 5.2]}
    measured(tmp_path, [row | {"seconds_per_step": times[row["condition"]][row["block"]]} for row in rows])
    book = entry(found(tmp_path), "book")
    logs = [math.log(1.1), math.log(1.2), math.log(1.3)]
    mean = sum(logs) / 3
    error = math.sqrt(sum((each - mean) ** 2 for each in logs) / 2) / math.sqrt(3)
    t_975_df_2 = 4.302652729911275
    assert book.ratio == pytest.approx((1.1 * 1.2 * 1.3) ** (1 / 3), rel=1e-12), "ratio of geometric means"
    assert book.ratio_low == pytest.approx(math.exp(mean - t_975_df_2 * error), rel=1e-10)
    assert book.ratio_high == pytest.approx(math.exp(mean + t_975_df_2 * error), rel=1e-10)
    assert book.ratio_high_simultaneous == pytest.approx(book.ratio_high), "one comparison: the t interval"
    assert book.t == pytest.approx(mean / error)
    assert book.p_sign_flip == pytest.approx(2 / 2**3)
    assert [each.ratio for each in book.blocks] == pytest.approx([1.1, 1.2, 1.3])


def test_agrees_with_scipy_and_bonferroni(tmp_path, measured, made_slots):
    rows = made_slots(RATIOS, blocks=9, noise=0.02)
    measured(tmp_path, rows)
    speed = found(tmp_path)
    arms = {label: np.log([row["seconds_per_step"] for row in rows if row["condition"] == label]) for label in RATIOS}
    for label in ("book", "even"):
        own = entry(speed, label)
        result = stats.ttest_rel(arms[label], arms["none"])
        assert own.p_t == pytest.approx(result.pvalue)
        limits = result.confidence_interval(1 - 0.05 / 2)
        both = [own.ratio_low_simultaneous, own.ratio_high_simultaneous]
        assert both == pytest.approx([math.exp(limits.low), math.exp(limits.high)])


def test_a_disturbed_slot_with_an_absurd_time_changes_nothing(tmp_path, measured, made_slots, disturb):
    rows = made_slots(RATIOS, blocks=9)
    disturbed = {("book", 2), ("none", 5)}
    left = [row for row in rows if (row["condition"], row["block"]) not in disturbed]
    measured(tmp_path / "without", left)
    measured(
        tmp_path / "with",
        [disturb(row, seconds_per_step=1e6) if (row["condition"], row["block"]) in disturbed else row for row in rows],
    )
    without, with_them = found(tmp_path / "without"), found(tmp_path / "with")
    for one, other in zip(without.comparisons, with_them.comparisons, strict=True):
        assert replace(one, blocks_left_out=0) == replace(other, blocks_left_out=0)
    assert without.conditions == with_them.conditions
    assert [entry(with_them, label).n_blocks for label in ("book", "even")] == [7, 8]
    assert (with_them.n_exclusive, with_them.n_slots) == (25, 27)
    assert [(each.condition, each.block) for each in with_them.left_out] == [("book", 2), ("none", 5)]
    assert all("0.80 cores" in each.reason for each in with_them.left_out)


def test_drift_of_the_machine_cancels_and_the_order_of_rows_is_irrelevant(tmp_path, measured, made_slots):
    rows = made_slots(RATIOS, blocks=8)
    measured(tmp_path / "a", rows)
    measured(tmp_path / "b", [row | {"seconds_per_step": row["seconds_per_step"] * 2 ** row["block"]} for row in rows])
    measured(tmp_path / "c", rows[::-1])
    a, b, c = (found(tmp_path / name) for name in "abc")
    for label in ("book", "even"):
        assert entry(a, label).ratio == pytest.approx(entry(b, label).ratio, rel=1e-12)
        assert entry(a, label).ratio_low == pytest.approx(entry(b, label).ratio_low, rel=1e-9)
        assert entry(a, label).ratio == pytest.approx(entry(c, label).ratio, rel=1e-12)


def test_verdicts_and_sentences(tmp_path, measured, made_slots):
    measured(tmp_path, made_slots({"none": 1.0, "slow": 1.2, "even": 1.0, "fast": 0.8}, blocks=10))
    speed = found(tmp_path)
    words = {each.condition: short(each) for each in speed.comparisons}
    assert words == {"slow": "slower", "even": "as fast", "fast": "faster"}
    assert entry(speed, "slow").verdict == verdict.INFERIOR
    said = sentence(entry(speed, "slow"), speed.margin)
    assert said.startswith("“slow” is slower than “none”: +") and "n = 10 blocks" in said and "95% interval +" in said
    assert "is as fast as “none” within 2%" in sentence(entry(speed, "even"), speed.margin)


@pytest.mark.parametrize("blocks", [0, 1, 2, 4])
def test_few_blocks_make_no_claim(tmp_path, measured, made_slots, disturb, blocks):
    rows = made_slots({"none": 1.0, "slow": 3.0}, blocks=6)
    measured(tmp_path, [row if row["block"] < blocks else disturb(row) for row in rows])
    slow = entry(found(tmp_path), "slow")
    assert (slow.n_blocks, slow.blocks_left_out, short(slow)) == (blocks, 6 - blocks, "too few blocks")
    assert re.match(rf"(with )?{blocks} blocks?\b", slow.verdict_reason)
    said = sentence(slow, 0.02)
    assert "slower" not in said and "interval" not in said
    json.dumps(slow.to_json(), allow_nan=False)


def test_times_that_do_not_vary_give_no_p(tmp_path, measured, made_slots):
    rows = made_slots({"none": 1.0, "slow": 3.0})
    fixed = {"none": 0.25, "slow": 0.5}
    measured(tmp_path, [row | {"seconds_per_step": fixed[row["condition"]]} for row in rows])
    slow = entry(found(tmp_path), "slow")
    assert (slow.ratio, slow.p_t, slow.verdict) == (2.0, None, verdict.CANNOT_TEST)


def test_a_second_measurement_is_never_mixed_with_the_first(tmp_path, measured, made_slots):
    rows = made_slots(RATIOS)
    later = [row | {"started_at": row["started_at"] + timedelta(days=1)} for row in made_slots({**RATIOS, "book": 1.5})]
    measured(tmp_path, later, "a-later")
    measured(tmp_path, rows, "b-earlier")
    measured(tmp_path, made_slots(RATIOS, device="cuda"), "c-cuda")
    cpu, cuda = speeds(tmp_path, None, control="none", alpha=0.05)
    assert (cpu.device, cpu.file, cpu.earlier_measurements) == ("cpu", "throughput/a-later.parquet", 1)
    assert (cuda.device, cuda.earlier_measurements) == ("cuda", 0)
    assert entry(cpu, "book").ratio == pytest.approx(1.5, rel=0.02)


def test_a_condition_that_the_plan_has_otherwise_is_left_out(tmp_path, measured, made_slots):
    measured(tmp_path, made_slots(RATIOS))
    raw = {"conditions": [{"label": "none", "condition_id": "none"}, {"label": "book", "condition_id": "changed"}]}
    conditions = tuple(PlannedCondition(label, False, {}) for label in ("none", "book"))
    plan = Plan("dropout", conditions, (), PlannedAnalysis("none", "test_accuracy"), raw)
    (speed,) = speeds(tmp_path, plan, control="none", alpha=0.05)
    assert speed.comparisons == ()
    assert {each.condition: each.slots for each in speed.left_out} == {"book": 8, "even": 8}


def test_faults_of_a_file_are_all_told(tmp_path, measured, made_slots):
    rows = made_slots(RATIOS)
    rows[0] |= {"seconds_per_step": 0.0}
    rows[1] |= {"exclusive": None}
    measured(tmp_path, [*rows, rows[5]], "bad")
    (tmp_path / "throughput" / "cut.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError) as caught:
        found(tmp_path)
    for said in ("seconds_per_step is 0.0", "exclusive is empty", "more than once in block", "cut.parquet is not a"):
        assert said in str(caught.value)


def test_percentages_stay_on_their_side_of_zero_and_of_both_margins():
    assert percents([1.2, 0.8, 1.0], 0.02) == ["+20.0%", "-20.0%", "0.0%"]
    assert percents([1.0199, 1 / 1.0199, 1.00001], 0.02) == ["+1.990%", "-1.951%", "+0.001%"]
    assert percents([1 - 0.019612], 0.02) == ["-1.961%"], "the lower end of the margin is at -1.9608%"
    assert percents([1.0, 1.0199999], 0.02) == ["0.00000%", "+1.99999%"]


def test_the_command(tmp_path, measured, made_slots, capsys):
    measured(tmp_path, made_slots(RATIOS))
    assert main(["throughput", str(tmp_path), "--control", "none", "--json", "-"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole == {"measurements": [each.to_json() for each in speeds(tmp_path, None, control="none", alpha=0.05)]}
    assert main(["throughput", str(tmp_path), "--control", "none", "--margin", "0.5"]) == 0
    said = capsys.readouterr().out
    assert "“book” is slower than “none”, by too little to matter" in said and "factor of 1.5" in said
    for arguments, why in (
        ([str(tmp_path)], "--control is missing"),
        ([str(tmp_path), "--control", "nobody"], "no condition 'nobody'"),
        ([str(tmp_path), "--control", "none", "--margin", "0"], "margin is 0"),
        ([str(tmp_path), "--control", "none", "--alpha", "2"], "alpha is 2"),
        ([str(tmp_path / "absent"), "--control", "none"], "is no folder"),
        ([str(tmp_path / "throughput"), "--control", "none"], "bench throughput STUDY measures"),
    ):
        assert main(["throughput", *arguments]) == 2
        assert why in capsys.readouterr().err
