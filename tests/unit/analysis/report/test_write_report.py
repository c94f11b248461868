"""Reports of folders of every kind: few seeds, no curves, one condition, two devices, broken places."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.base.errors import TableError
from analysis.base.files import write_atomically
from analysis.base.notes import Metric, Note, Number, about
from analysis.cli import main
from analysis.figures import forest
from analysis.report import write_report
from analysis.report.comparison_grid import comparison_grid
from analysis.report.compose import compose
from analysis.report.document import Paragraph
from analysis.report.gather import gather
from analysis.wording import sentences
from analysis.wording.number_format import NOTHING, probability
from analysis.wording.style import PAGE
from tests.results import write
from tests.unit.analysis.results import effect, headline

pytestmark = pytest.mark.slow

SMALL = ("none", "book", "all-dropped", "dropout-0.3")
SIGNIFICANCE = re.compile(r"adjusted p =|Undecided|Higher|Lower|Equivalent")


def results(page: str) -> str:
    """Return the part of a page that tells results: the method explains words that results may not use."""
    return page[page.index("<header>") : page.index('id="method"')]


def without_date(content: bytes) -> bytes:
    return re.sub(rb"Made 20\d\d-\d\d-\d\d \d\d:\d\d UTC", b"Made", content)


def files_of(out) -> dict[str, bytes]:
    return {str(path.relative_to(out)): without_date(path.read_bytes()) for path in out.rglob("*") if path.is_file()}


def test_two_reports_of_one_folder_are_the_same_to_the_byte_but_for_the_date(make_folder, tmp_path):
    folder = make_folder(labels=("none", "book"), seeds=3, diverged=(("none", 1),))
    for name in ("first", "second"):
        assert write_report(folder, tmp_path / name) == tmp_path / name / "index.html"
    first, second = files_of(tmp_path / "first"), files_of(tmp_path / "second")
    assert first == second
    assert {"index.html", "compare.json", "figures/gaps-narrow.svg", "figures/differences-wide.png"} <= first.keys()
    assert not [name for name in first if name.endswith(".tmp")]
    assert {name.rpartition(".")[2] for name in first if "-narrow." in name} == {"svg"}, "for the page alone"


def test_only_the_control(report):
    written = report(labels=("none",))
    assert "there is nothing to compare it with" in written.page
    assert written.objects["test_accuracy"]["comparisons"] == []
    assert "Secondary metrics" not in written.page
    mean = written.objects["test_accuracy"]["conditions"][0]["mean"]
    assert f"{100 * mean:.2f} %" in written.page


@pytest.mark.parametrize("seeds", [1, 2])
def test_few_seeds_get_no_words_of_significance(report, seeds):
    written = report(labels=SMALL, seeds=seeds, curves=False)
    assert not SIGNIFICANCE.search(results(written.page))
    assert "cannot be tested" in written.page


@pytest.mark.parametrize("seeds", [2, 4])
def test_two_seeds_get_no_p_value_and_four_that_of_the_mean(make_folder, seeds):
    pool = gather(make_folder(labels=SMALL, seeds=seeds)).pools[0]
    grid = comparison_grid(pool.primary, pool.evidence)
    place = [column.heading for column in grid.columns].index("p")
    told = {row[0]: row[place] for row in grid.rows}
    expected = {each.condition: probability(each.p_mean_crossed_adjusted) for each in pool.primary.effects.values()}
    del expected["all-dropped"]
    assert told == (dict.fromkeys(told, "–") if seeds == 2 else expected)
    assert ("assuming normal differences" in grid.caption) == (seeds == 4)


def test_no_curves(report):
    written = report(labels=SMALL, seeds=4, curves=False)
    assert "There are no learning curves of accuracy or training loss in this folder." in written.page
    assert not list(written.out.glob("figures/learning-curves*"))
    assert list(written.out.glob("figures/gaps*"))


def test_no_trial_trained(report):
    written = report(labels=SMALL, seeds=2, diverged=tuple((label, seed) for label in SMALL for seed in range(2)))
    assert "No condition can be compared with “none”" in written.page
    assert "No trial trained" in written.page


def test_all_trials_failed(make_folder, tmp_path):
    folder = make_folder(labels=("none", "book"), seeds=1, failed=(("none", 0), ("book", 0)))
    page = write_report(folder, tmp_path / "out").read_text()
    assert page.count("out of &lt;memory&gt;") >= 2


def test_two_devices_are_told_apart_and_set_side_by_side(report):
    written = report(labels=("none", "dropout-0.3"), devices=("cpu", "cuda"), diverged=(("none", 3),), curves=False)
    assert list(written.objects) == ["cpu", "cuda"]
    assert 'id="part-on-cpu"' in written.page
    assert 'id="cuda-answer"' in written.page
    assert list(written.out.glob("figures/cuda-gaps-wide.svg"))
    rows = written.table("agreement-cpu-cuda")
    assert len(rows) == 12
    for row in rows:
        assert float(row["difference"]) == float(row["cuda"]) - float(row["cpu"])
        assert row["both_trained"] == str((row["condition"], row["seed"]) != ("none", "3"))
    trained = [float(row["difference"]) for row in rows if row["condition"] == "none" and row["seed"] != "3"]
    mean = f"{100 * sum(trained) / 5:+.2f}".replace("-", "−")
    table = written.page[written.page.index("Test accuracy on cuda minus cpu") :]
    assert f'<th scope="row" class="short">mean</th>\n<td class="n">{mean}</td>' in re.sub(r"\n\s*\n", "\n", table)
    assert '<td class="n">×</td>' in table


def test_trials_that_failed_make_no_pool_of_their_own(make_folder):
    folder = make_folder(labels=("none", "book"), seeds=2, devices=("cpu", "cuda"))
    for file in (folder / "trials").iterdir():
        table = pq.read_table(file)
        if table["device"].to_pylist() == ["cuda"]:
            failed = pa.Table.from_pylist([{**table.to_pylist()[0], "status": "failed"}], schema=table.schema)
            write(file, failed)
    (pool,) = gather(folder).pools
    assert pool.name == ""
    assert len(pool.evidence.trials) == 4
    assert [each.count for each in pool.primary.dropped] == [2, 2]


def words_of(folder) -> str:
    """Return everything that the report of a folder says, as it stands in the plain data."""
    return str(compose(gather(folder)))


def test_a_plan_changed_after_the_data_is_told(make_folder):
    folder = make_folder(labels=("none", "book"), seeds=2)
    kept = words_of(folder)
    assert "The analysis was fixed before the data" in kept
    log = folder / "plans.jsonl"
    late = {"time": "2026-02-01T00:00:00+00:00", "analysis_hash": "b0b0", "trials_done": 4, "analysis": {"alpha": 0.2}}
    log.write_text(log.read_text() + json.dumps(late) + "\n")
    changed = words_of(folder)
    assert "changed 1 time after trials were done" in changed
    assert "fixed before the data; hash" not in changed
    assert "b0b0" in changed


def test_a_key_that_was_added_at_its_default_is_no_change_of_the_plan(make_folder):
    folder = make_folder(labels=("none", "book"), seeds=2)
    log = folder / "plans.jsonl"
    (first,) = map(json.loads, log.read_text().splitlines())
    later = first | {"analysis_hash": "b0b0", "trials_done": 4, "analysis": first["analysis"] | {"until": None}}
    log.write_text(log.read_text() + json.dumps(later) + "\n")
    assert "The analysis was fixed before the data" in words_of(folder)
    assert "b0b0" not in words_of(folder)


def test_means_are_those_of_the_objects_and_intervals_are_t_intervals(make_folder):
    pool = gather(make_folder(labels=("none", "book"))).pools[0]
    summary = pool.primary.conditions["none"]
    mean = pool.evidence.means["test_accuracy"][0]
    reach = 2.5705818356 * summary.sd / 6**0.5  # t(0.975) on 5 degrees of freedom, from tables
    assert mean.mean == summary.mean
    assert (mean.low, mean.high) == pytest.approx((mean.mean - reach, mean.mean + reach), rel=1e-9)


def test_bands_are_over_the_seeds_that_trained(make_folder):
    curves = gather(make_folder(labels=("none", "book"), diverged=(("none", 2),))).pools[0].evidence.curves
    assert [(run.condition, run.seed, run.test_accuracy[-1]) for run in curves.broken] == [("none", 2, 0.1)]
    band = curves.of("none", "test_accuracy")
    assert band.epochs == tuple(range(1, 11))
    assert min(band.low) > 0.5
    assert all(low <= middle <= high for low, middle, high in zip(band.low, band.median, band.high, strict=True))
    assert curves.of("none", "train_accuracy").epochs == (10,)


@pytest.mark.parametrize("name", ["plan.json", "trials"])
def test_a_folder_without_plan_or_trials_is_refused(make_folder, tmp_path, name):
    folder = make_folder(labels=("none", "book"), seeds=1)
    (folder / name).rename(tmp_path / "elsewhere")
    with pytest.raises(TableError, match=name):
        write_report(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["curves", "environment"])
def test_a_damaged_file_is_named(make_folder, tmp_path, name):
    folder = make_folder(labels=("none", "book"), seeds=1)
    damaged = next((folder / name).iterdir())
    damaged.write_bytes(b"no")
    with pytest.raises(TableError, match=re.escape(damaged.name)):
        write_report(folder, tmp_path / "out")


def test_a_place_that_cannot_be_written_is_named_and_the_old_file_stays(tmp_path):
    (tmp_path / "file").write_text("old")
    with pytest.raises(TableError, match="cannot be written"):
        write_atomically(tmp_path / "file" / "index.html", b"new")
    assert (tmp_path / "file").read_text() == "old"
    write_atomically(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("label", ["“-5”", "test_accuracy", "'-5'", "-5"])
def test_a_page_has_names_and_minus_signs_in_words_and_leaves_labels_alone(label):
    shown = headline("inferior", interval="simultaneous", low=-0.005, high=-0.001)
    told = effect(label, mean_difference=-0.003, ci_low=-0.005, headline=shown)
    assert sentences.headline(told, PAGE) == (
        f"Lower, by more than the margin of 0.1 points: “{label}” changed test accuracy by −0.30 points against "
        "“none” (95% CI −0.50 to −0.10; 8 seeds)."
    )
    assert "changed test_accuracy by -0.30 points" in sentences.headline(told)


def test_warnings_on_a_page_have_names_in_words_and_leave_labels_and_columns_alone():
    text = about("test_accuracy", Note("no value: all are ", Number("-1.5"), " of ", Metric("test_accuracy")))
    assert text == "test_accuracy: no value: all are -1.5 of test_accuracy"
    assert PAGE.note(text) == "test_accuracy: no value: all are −1.5 of test accuracy"
    assert PAGE.note(Note(Metric("test_accuracy"), " differs")) == "Test accuracy differs"
    assert PAGE.note("test_accuracy, -1") == "test_accuracy, -1"


def answer_of(folder):
    """Return the paragraphs of the first section."""
    blocks = compose(gather(folder)).parts[0].sections[0].blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def test_the_answer_tells_bad_endings_and_what_diverged_beside_the_verdict(make_folder):
    folder = make_folder(labels=("none", "book"), seeds=8, diverged=(("book", 1), ("book", 4)))
    lead, endings, diverged, *_ = answer_of(folder)
    assert lead.startswith("Undecided: “book” changed test accuracy by ")
    assert "; 8 seeds; p = " in lead, "a diverged run counts at what it reached"
    assert endings == (
        "Bad endings: 0 of 8 runs with “none”, 2 of 8 with “book”; that their frequencies differ is not established "
        "(adjusted p = 0.500)."
    )
    assert diverged == "Diverged: “book” 2 of 8 (3.2% to 65%)."


def test_the_answer_tells_the_failures_where_no_pair_is_left(make_folder):
    folder = make_folder(labels=("none", "book"), seeds=8, diverged=tuple(("book", seed) for seed in range(8)))
    said = answer_of(folder)
    assert "Diverged: “book” 8 of 8 (at least 63%)." in said
    assert "pairs left out" not in " ".join(said)


def test_no_condition_has_a_paragraph_of_its_own(make_folder):
    lead, *others = answer_of(make_folder(labels=SMALL, seeds=6))
    assert lead.startswith("Undecided for both conditions: ")
    assert not [each for each in others if "“book”" in each]


def test_a_verdict_that_intention_to_train_leaves_undecided_carries_its_reason(make_folder):
    pool = gather(make_folder(labels=("none", "dropout-0.7"), seeds=8, diverged=(("dropout-0.7", 3),))).pools[0]
    each = pool.primary.effects["dropout-0.7"]
    assert comparison_grid(pool.primary, pool.evidence).rows[0][1] == "undecided"
    reason = "given that both trained the verdict is 'inferior'"
    told = replace(each, headline=replace(each.headline, reason=reason))
    grid = comparison_grid(replace(pool.primary, effects={"dropout-0.7": told}), pool.evidence)
    assert grid.rows[0][1] == "undecided*"
    assert f"* “dropout-0.7”: {reason}." in grid.caption


def test_a_condition_with_fewer_seeds_takes_no_p_value_from_another(make_folder):
    short = (("book", 0), ("book", 1))
    folder = make_folder(labels=("none", "book", "dropout-0.3"), seeds=10, missing=short, images=False)
    pool = gather(folder).pools[0]
    grid = comparison_grid(pool.primary, pool.evidence)
    assert "p: the smallest error rate at which the interval excludes zero." in grid.caption
    headings = [column.heading for column in grid.columns]
    told = [(row[headings.index("pairs")], row[headings.index("p")]) for row in grid.rows]
    p = [probability(each.p_typical_adjusted) for each in pool.primary.effects.values()]
    assert told == list(zip(("8", "10"), p, strict=True))
    assert NOTHING not in p


def test_verdict_and_difference_come_right_after_the_condition(make_folder):
    pool = gather(make_folder(labels=("none", "book"), seeds=6)).pools[0]
    columns = comparison_grid(pool.primary, pool.evidence).columns
    assert [column.heading for column in columns[:3]] == ["condition", "verdict", "difference"]


def test_a_wide_alpha_has_no_interval_for_equivalence(make_folder):
    folder = make_folder(labels=("none", "book"), seeds=6)
    plan = json.loads((folder / "plan.json").read_text())
    plan["analysis"]["alpha"] = 0.6
    (folder / "plan.json").write_text(json.dumps(plan))
    material = gather(folder)
    said = words_of(folder) + forest.caption(material.pools[0].evidence)
    assert "40% interval" in said
    assert "-20%" not in said


def test_the_command_gives_the_page_or_the_numbers_it_was_made_from(make_folder, tmp_path, capsys):
    folder = make_folder(seeds=2)
    assert main(["report", str(folder), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out' / 'index.html'}\n"
    assert main(["report", str(folder), "--out", str(tmp_path / "out"), "--json", "-"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((tmp_path / "out" / "compare.json").read_text())
    assert "test_accuracy" in said


def test_without_a_measurement_of_speed_one_sentence_says_how_to_get_one(report):
    page = report(labels=SMALL).page
    start = page.index('id="does-it-cost-speed"')
    section = page[start : page.index("</section>", start)]
    assert "python -m bench throughput dropout does it" in section
    assert "<svg" not in section and "<table" not in section
    assert not (report(labels=SMALL).out / "throughput.json").exists()


def test_a_measurement_of_speed_is_told_alike_in_words_table_figure_and_json(
    make_folder, made_slots, measured, disturb, tmp_path
):
    folder = make_folder(labels=("none", "book"), seeds=3)
    ids = {each["label"]: each["condition_id"] for each in json.loads((folder / "plan.json").read_text())["conditions"]}
    rows = [row | {"condition_id": ids[row["condition"]]} for row in made_slots({"none": 1.0, "book": 1.2}, blocks=9)]
    rows[0] = disturb(rows[0], seconds_per_step=1e9)
    measured(folder, rows)
    page = write_report(folder, tmp_path / "out").read_text(encoding="utf-8")
    (speed,) = json.loads((tmp_path / "out" / "throughput.json").read_text())["measurements"]
    (book,) = speed["comparisons"]
    assert book["n_blocks"] == 8 and 1.19 < book["ratio"] < 1.21
    change = f"+{100 * (book['ratio'] - 1):.1f}%"
    start = page.index('id="does-it-cost-speed"')
    section = page[start : page.index("</section>", start)]
    assert f"“book” is slower than “none”: {change} time" in section
    assert section.count(change) >= 4, "sentence, table, and the figure in both widths"
    assert "17 of 18 slots were alone on the machine" in section and "other load, 1 slot" in section
    assert "1,000,000" not in section
    assert {"speed-wide.svg", "speed-narrow.svg"} <= {path.name for path in (tmp_path / "out" / "figures").iterdir()}
