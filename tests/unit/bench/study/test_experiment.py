"""Studies of own training code: read in full, every fault named, trials named by what their files do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.assurance.reach import found, reach
from bench.base.errors import StudyError
from bench.run.plan import plan_document
from bench.study.study import Study, load_study

STUDY = """
name = "own"
[experiment]
function = "train.py:train"
[settings]
epochs = 3
dropout = 0.0
layers = [8, 8]
words = "a"
fast = true
[trials]
seeds = 2
[[conditions]]
label = "none"
[[conditions]]
label = "half"
dropout = 0.5
[analysis]
control = "none"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    (tmp_path / "train.py").write_text("import layers\ndef train(trial): return {}\n")
    (tmp_path / "layers.py").write_text("from package import deep\nimport json, torch\n")
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "deep.py").write_text("from . import deeper\n")
    (tmp_path / "package" / "deeper.py").write_text("X = 1\n")
    (tmp_path / "json.py").write_text("never found: the folder comes last on the path")
    (tmp_path / "other.py").write_text("")
    return tmp_path


def loaded(folder: Path, text: str = STUDY) -> Study:
    (folder / "study.toml").write_text(text)
    return load_study(folder / "study.toml")


def ids(folder: Path, text: str = STUDY) -> set[str]:
    return {trial.trial_id for trial in loaded(folder, text).trials()}


def test_the_files_are_those_that_the_function_imports_from_the_folder(folder: Path) -> None:
    assert set(loaded(folder).recipe.files) == {
        "train.py", "layers.py", "package/__init__.py", "package/deep.py", "package/deeper.py",
    }  # fmt: skip


def test_what_a_file_does_names_the_trials_and_its_comments_and_other_files_do_not(folder: Path) -> None:
    before = ids(folder)
    assert len(before) == 4
    (folder / "layers.py").write_text('"""Words."""\n\nfrom package import deep  # more\nimport json, torch\n')
    (folder / "other.py").write_text("Y = 2")
    assert ids(folder) == before
    for name in ("package/deeper.py", "layers.py"):
        (folder / name).write_text((folder / name).read_text() + "Z = 3\n")
        after = ids(folder)
        assert not after & before
        before = after


def test_listed_files_that_are_not_python_and_data_files_name_the_trials_by_their_bytes(folder: Path) -> None:
    text = STUDY.replace('"train.py:train"', '"train.py:train"\nfiles = ["train.py", "c.yaml"]\ndata_files = ["d.bin"]')
    (folder / "c.yaml").write_text("a: 1")
    (folder / "d.bin").write_bytes(b"1")
    before = ids(folder, text)
    (folder / "c.yaml").write_text("a: 1  # more")
    after = ids(folder, text)
    assert not after & before
    (folder / "d.bin").write_bytes(b"2")
    assert not ids(folder, text) & after


def test_limits_and_devices_do_not_name_a_trial_and_settings_and_seeds_do(folder: Path) -> None:
    before = ids(folder)
    assert ids(folder, STUDY.replace("[settings]", "time_limit = 5\ncpus = 2\n[settings]")) == before
    assert not ids(folder, STUDY.replace("epochs = 3", "epochs = 4")) & before
    assert len(ids(folder, STUDY.replace("seeds = 2", "seeds = 3")) - before) == 2


def test_a_resolved_study_is_the_same_study(folder: Path) -> None:
    text = STUDY + '[grid]\nwords = ["b", "c"]\nfast = [true, false]\n'
    study = loaded(folder, text)
    assert [each.label for each in study.conditions][2:] == [
        "words-b_fast-true", "words-b_fast-false", "words-c_fast-true", "words-c_fast-false",
    ]  # fmt: skip
    assert {each.trial_id for each in study.trials()} == ids(folder, study.to_toml())
    assert study.factors() == ["dropout", "words", "fast"]
    rows = {trial.condition.label: trial.factors(study.factors()) for trial in study.trials()}
    assert rows["none"] == {"dropout": 0.0, "words": "a", "fast": "true"}
    assert rows["words-c_fast-false"] == {"dropout": 0.0, "words": "c", "fast": "false"}


FAULTS = [
    ('function = "train.py:train"', 'function = "train.py"', "a Python file and a function are expected"),
    ('"train.py:train"', '"trian.py:train"', "trian.py: no such file"),
    ('"train.py:train"', '"train.py:tain"', "has no tain"),
    ('"train.py:train"', '"train.py:train"\ncommand = ["x"]', "exactly one of function and command"),
    ('function = "train.py:train"', "", "exactly one of function and command"),
    ('"train.py:train"', '"train.py:train"\nclases = 2', 'did you mean "classes"'),
    ('"train.py:train"', '"train.py:train"\naccelerators = 1.5', "a share of a GPU from 0 to 1, or a whole number"),
    ('"train.py:train"', '"train.py:train"\naccelerators = 0.5\n[trials]\ndevices = ["cpu"]', "TOML"),
    ('"train.py:train"', '"train.py:train"\nchance = 0.5\nclasses = 2', "leave one of them out"),
    ('"train.py:train"', '"train.py:train"\nfiles = ["gone.py"]', "gone.py: no such file"),
    ("epochs = 3", "seed = 3", "is the name of a column of results"),
    ("epochs = 3", "test_accuracy = 3", "is the name of a column of results"),
    ("epochs = 3", "day = 2026-01-01", "a text, a number, true, false, or a list of these is allowed"),
    ("epochs = 3", "rate = inf", "column of results"),
    ("epochs = 3", "gain = inf", "a finite number is expected"),
    ("dropout = 0.5", "dropuot = 0.5", 'did you mean "dropout"'),
    ("dropout = 0.5", 'dropout = "half"', "a number is expected, as 0.0 in [settings]"),
    ("dropout = 0.5", "fast = 1", "true or false is expected"),
    ("dropout = 0.5", "dropout = 0.0", 'same settings as "none"'),
    ("seeds = 2", 'seeds = 2\nprecisions = ["float32"]', "unknown key"),
    ('[analysis]\ncontrol = "none"', '[analysis]\ncontrol = "nune"', 'no condition "nune"'),
    ("[trials]", "[model]\nhidden = [3]\n[trials]", "top level: model: unknown key"),
]


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_a_fault_is_named_with_what_is_allowed(folder: Path, old: str, new: str, words: str) -> None:
    assert old in STUDY
    with pytest.raises(StudyError) as refused:
        loaded(folder, STUDY.replace(old, new, 1))
    assert words in str(refused.value)


def test_all_faults_are_named_at_once(folder: Path) -> None:
    text = STUDY.replace("epochs = 3", "seed = 3").replace("dropout = 0.5", "dropuot = 0.5")
    with pytest.raises(StudyError) as refused:
        loaded(folder, text.replace('"train.py:train"', '"train.py:train"\ncpus = 0'))
    assert len(str(refused.value).splitlines()) == 3


def test_a_study_whose_seeds_are_splits_says_which_share_each_holds_out(folder: Path) -> None:
    plain, split = loaded(folder), loaded(folder, STUDY + "test_fraction = 0.1\n")
    assert plan_document(split, "test")["analysis"]["test_fraction"] == 0.1
    assert "test_fraction" not in plan_document(plain, "test")["analysis"], "committed plans stay as they are"
    assert split.analysis.analysis_hash != plain.analysis.analysis_hash
    (said,) = reach(split)
    assert "2 seeds are splits of one data set" in said and "Nadeau and Bengio" in said
    assert (found(split), "test set" in found(plain)) == ("", True)
    for more, why in (
        ("test_fraction = 10", "a number between 0 and 1"),
        ('test_fraction = 0.1\nuntil = "decided"', "until adds seeds"),
    ):
        with pytest.raises(StudyError, match=why):
            loaded(folder, f"{STUDY}{more}\n")
