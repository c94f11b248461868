"""Users' own code in a study: found from the study file, known by name, hashed, and no name taken twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.base.errors import StudyError
from bench.checks.plugin.check import check
from bench.commands import check_plugin
from bench.data import DATA_SETS
from bench.record.trials import Condition, versions
from bench.regularisers import REGULARISERS
from bench.study import plugins
from bench.study.study import Study, load_study, read_study
from tests.unit.bench.data.test_users import written

NOISE = """
from bench.regularisers.dropout import DROPOUT
from bench.regularisers.gaussian_dropout import GAUSSIAN_DROPOUT
from dataclasses import replace

_scale = {scale}


def hidden(draw, rate, out):
    GAUSSIAN_DROPOUT.hidden(replace(draw, seed=draw.seed + 1), rate * _scale, out)


MINE = replace(GAUSSIAN_DROPOUT, name="{name}", hidden=hidden)
"""
STUDY = """
name = "mine"
plugins = ["my_noise.py"]
data = {{ name = "fashion_mnist_sample" {data} }}
model = {{ hidden = [8] }}
training = {{ epochs = 1, batch_size = 100, learning_rate = 0.1 }}
trials = {{ seeds = 2 }}
analysis = {{ control = "none" }}
conditions = [{{ label = "none" }}, {{ label = "mine", my_noise = 0.5 }}]
"""


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    regularisers, data_sets = dict(REGULARISERS), dict(DATA_SETS)
    monkeypatch.setattr(plugins, "_plugins", {})
    monkeypatch.setattr(plugins, "_data", {})
    yield
    for registry, before in ((REGULARISERS, regularisers), (DATA_SETS, data_sets)):
        registry.clear()
        registry.update(before)


def noise(folder: Path, scale: float = 1.0, name: str = "my_noise", file: str = "my_noise.py") -> Path:
    (folder / file).write_text(NOISE.format(scale=scale, name=name), encoding="utf-8")
    return folder / file


def study(folder: Path, data: str = "") -> Study:
    (folder / "mine.toml").write_text(STUDY.format(data=data), encoding="utf-8")
    return load_study(folder / "mine.toml")


def test_a_study_names_a_regulariser_of_its_users(tmp_path: Path) -> None:
    noise(tmp_path)
    found = study(tmp_path)
    assert found.factors() == ["my_noise"]
    assert found.conditions[1].settings == (("my_noise", (0.5,)),)
    assert found.document()["plugins"] == ["plugins/my_noise.py"]


def test_another_text_of_a_plug_in_makes_other_trials_of_its_own_and_leaves_the_rest(tmp_path: Path) -> None:
    noise(tmp_path)
    before = [trial.trial_id for trial in study(tmp_path).trials()]
    assert [trial.trial_id for trial in study(tmp_path).trials()] == before
    noise(tmp_path, scale=0.5)
    after = [trial.trial_id for trial in study(tmp_path).trials()]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True, False]


def test_the_same_text_elsewhere_is_the_same_trial(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        plugins._plugins.clear()
        REGULARISERS.pop("my_noise", None)
        noise(tmp_path / name)
        found.append([trial.trial_id for trial in study(tmp_path / name).trials()])
    assert found[0] == found[1]


def test_own_data_are_named_and_found_from_the_study_file(tmp_path: Path) -> None:
    noise(tmp_path)
    written(tmp_path)
    text = STUDY.replace('"fashion_mnist_sample"', '"own"').replace("batch_size = 100", "batch_size = 3")
    (tmp_path / "mine.toml").write_text(text.format(data=', path = "own.npz"'), encoding="utf-8")
    found = load_study(tmp_path / "mine.toml")
    assert found.recipe.data == "own"
    assert found.recipe.train_size == 6
    assert found.document()["data"]["path"] == "own.npz"
    before = found.trials()[0]
    written(tmp_path, test_labels=np.array([1, 1]))
    assert load_study(tmp_path / "mine.toml").trials()[0].data_hash != before.data_hash


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, r"top level: plugins: .*my_noise\.py: plug-in cannot be read: No such file"),
        ("import bench", "gives neither a Regulariser nor a DataSet"),
        ("import bench\ny = 1 / 0", r"my_noise\.py:2: plug-in cannot be run: ZeroDivisionError"),
        ("x = (", r"plug-in cannot be read as Python: .*never closed"),
        (NOISE.format(scale=1, name="dropout"), "dropout is a name of this harness already"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_told(tmp_path: Path, text: str | None, said: str) -> None:
    before = dict(REGULARISERS)
    if text is not None:
        (tmp_path / "my_noise.py").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        study(tmp_path)
    assert before == REGULARISERS


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('null="0"', "null is '0'; a number is expected"),
        ("high=float('nan')", "high is nan; a number is expected"),
        ("typical=True", "typical is True; a number is expected"),
        ("low=0.2", "null is 0; a number from low 0.2 to high 0.99 is expected"),
        ("typical=2.0", "typical is 2; a number from low 0 to high 0.99 is expected"),
        ('each="unit"', "each is 'unit'; 'layer' or 'network' is expected"),
        ('hidden="dropout"', "hidden is 'dropout'; None, or a function is expected"),
        ("keeper=int", "keeper is <class 'int'>; None, or a class made from Keeper is expected"),
        ('whole="no"', "whole is 'no'; True or False is expected"),
        ('source=" "', "source is ' '; a text that says something is expected"),
        ("inputs=hidden", "each is 'layer'; with inputs, 'network' is expected"),
        ("passes=True", "each is 'layer'; with passes, 'network' is expected"),
    ],
)
def test_a_record_of_wrong_fields_is_refused_as_it_is_loaded(tmp_path: Path, change: str, said: str) -> None:
    file = noise(tmp_path)
    file.write_text(file.read_text().replace("hidden=hidden)", f"**{{**dict(hidden=hidden), **dict({change})}})"))
    with pytest.raises(StudyError, match=re.escape(f"{file}: Regulariser 'my_noise': {said}")):
        plugins.load(file)


def test_every_wrong_field_of_every_record_comes_at_once(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "both.py").write_text(
        NOISE.format(scale=1, name="a").replace("hidden=hidden)", "hidden=hidden, null=None, once=1)")
        + """
from functools import partial
from pathlib import Path
from bench.data.users import own_data_set
RIGHT = own_data_set("right", Path(__file__).with_name("own.npz"))
ALSO_RIGHT = RIGHT
BROKEN = replace(RIGHT, name="b", train_total=0, image=(3,), sha256={"x": "1"}, read=None)
ODD = replace(RIGHT, name="c", image=(3, 5), read=partial(RIGHT.read))
"""
    )
    with pytest.raises(StudyError) as raised:
        plugins.load(tmp_path / "both.py")
    said = str(raised.value).replace(f"{tmp_path / 'both.py'}: ", "")
    assert said.splitlines() == [
        "Regulariser 'a': null is None; a number is expected",
        "Regulariser 'a': once is 1; True or False is expected",
        "DataSet 'b': train_total is 0; a whole number from 1 on is expected",
        "DataSet 'b': image is (3,); None, or (rows, columns) is expected",
        "DataSet 'b': sha256 is {'x': '1'}; a SHA-256, 64 digits of 0-9 and a-f, by name of file is expected",
        "DataSet 'b': read is None; something that can be called is expected",
        "DataSet 'c': pixels is 8; rows times columns of image (3, 5) is expected",
    ]


@pytest.mark.parametrize("name", ["seed", "condition", "rate", "epochs", "label", "dropout_1", "a b", "../x"])
def test_a_name_that_is_a_column_or_a_key_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudyError, match=r"is no name|is a key of studies or a column"):
        plugins.load(noise(tmp_path, name=name))


def test_a_change_of_a_plug_ins_code_makes_other_trials_and_one_of_its_words_does_not(tmp_path: Path) -> None:
    """Of a hook made by functools.partial too, whose module is functools."""
    partial = "\nimport functools\nMINE = replace(MINE, hidden=functools.partial(hidden))\n"
    first = noise(tmp_path)
    first.write_text(first.read_text() + partial)
    found = []
    for more in ("", "# changed\n", '"""Explained."""\n\n', "UNUSED = 1\n"):
        first.write_text(first.read_text() + more)
        found.append([trial.trial_id for trial in study(tmp_path).trials() if trial.condition.label == "mine"])
    assert found[0] == found[1] == found[2]
    assert not set(found[0]) & set(found[3])


def test_the_order_of_plug_ins_is_part_of_a_trial(tmp_path: Path) -> None:
    """Hooks of one kind act in the order of the registry."""
    files = [noise(tmp_path, name=name, file=f"{name}.py") for name in ("one", "two")]
    found = set()
    for order in (files, files[::-1]):
        for path in files:
            REGULARISERS.pop(path.stem, None)
        plugins._plugins.clear()
        for path in order:
            plugins.load(path)
        found.add(versions(Condition("both", (("two", (0.5,)), ("one", (0.5,))))))
    assert len(found) == 2


def test_a_plug_in_that_exits_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.py").write_text("import sys, bench\nsys.exit(3)\n")
    with pytest.raises(StudyError, match=r"out\.py:2: plug-in cannot be run: SystemExit: 3"):
        plugins.load(tmp_path / "out.py")


def test_a_file_that_is_no_plug_in_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(StudyError, match=r"mine\.py: imports nothing of bench, so it is no plug-in, and was not run"):
        plugins.load(tmp_path / "mine.py")
    assert not (tmp_path / "ran").exists()


def test_two_plug_ins_cannot_have_one_name(tmp_path: Path) -> None:
    plugins.load(noise(tmp_path))
    with pytest.raises(StudyError, match=r"my_noise is a name of .*my_noise\.py already"):
        plugins.load(noise(tmp_path, file="other.py"))


def test_a_data_set_of_the_harness_keeps_its_name(tmp_path: Path) -> None:
    noise(tmp_path)
    written(tmp_path)
    with pytest.raises(StudyError, match=r"\[data\] path: fashion_mnist_sample is the name of another data set"):
        study(tmp_path, ', path = "own.npz"')


def test_every_fault_of_plug_ins_and_data_comes_at_once(tmp_path: Path) -> None:
    document = {"name": "mine", "plugins": ["a.py", "x/a.py", 3], "data": {"name": "own", "path": "none.npz"}}
    with pytest.raises(StudyError) as raised:
        read_study(document, str(tmp_path / "mine.toml"))
    said = str(raised.value)
    assert "top level: plugins" in said
    assert "[data] path: " in said
    assert "[data] name: " not in said
    assert "[model] hidden: missing" in said


@pytest.mark.slow
def test_check_plugin_finds_a_right_one_right_and_a_wrong_one_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its numbers are Gaussian dropout's at another seed: the stream is not its own."""
    plugin = plugins.load(noise(tmp_path))
    broken = {verdict.law: verdict.broken for verdict in check(plugin, tmp_path) if verdict.broken}
    assert broken == {"stream": "it draws from the stream 'gaussian_dropout'; its own, 'my_noise', is for it alone"}

    class Options:
        plugin = tmp_path / "my_noise.py"

    assert check_plugin.execute(Options()) == 1
    assert "12 laws: 1 broken, 11 hold" in capsys.readouterr().out


def test_check_plugin_reads_data_sets(tmp_path: Path) -> None:
    written(tmp_path)
    text = """
from dataclasses import replace
from pathlib import Path
from bench.data.users import own_data_set
RIGHT = own_data_set("right", Path(__file__).with_name("own.npz"))
WRONG = replace(RIGHT, name="wrong", test_total=3, classes=4)
TURNED = replace(RIGHT, name="turned", image=(4, 2))


def read(files, classes):
    images = RIGHT.read(files, classes)
    return replace(images, test_images=images.test_images.astype("float32"))


MIXED = replace(RIGHT, name="mixed", read=read)
"""
    (tmp_path / "data.py").write_text(text, encoding="utf-8")
    verdicts = check(plugins.load(tmp_path / "data.py"), tmp_path)
    assert {verdict.of: verdict.broken for verdict in verdicts} == {
        "right": None,
        "wrong": "test_total is 2, not 3; classes is 3, not 4",
        "turned": "image is (2, 4), not (4, 2)",
        "mixed": "examples are uint8 in train, float32 in test; uint8 is divided by 255, others are not",
    }
