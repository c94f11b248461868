"""Training code written with other libraries: its trials are paired, and what they are a second time."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bench.record.store import Store
from tests.end_to_end.own_training_page import lay, python

FRAMEWORKS = Path(__file__).with_name("frameworks")
STUDY = """
name = "paired"
[experiment]
function = "{name}.py:train"
[settings]
strength = 0.0
rounds = 3
loader_workers = 0
[trials]
seeds = 2
[[conditions]]
label = "none"
[[conditions]]
label = "some"
strength = 0.4
[[conditions]]
label = "some-again"
strength = 0.4
loader_workers = 2
[analysis]
control = "none"
"""


def needs(library: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(library) is None
    return pytest.mark.skipif(missing, reason=f"{library} is not installed: pip install '.[{library}]'")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "plain",
        pytest.param("with_lightning", marks=needs("lightning")),
        pytest.param("with_transformers", marks=needs("transformers")),
        pytest.param("with_sklearn", marks=needs("sklearn")),
        pytest.param("with_jax", marks=needs("jax")),
    ],
)
def test_conditions_share_weights_and_order_and_a_trial_is_what_it_was(tmp_path: Path, name: str) -> None:
    """The third condition differs from the second in the number of loader workers alone, which changes nothing."""
    for each in ("examples.py", f"{name}.py"):
        shutil.copy(FRAMEWORKS / each, tmp_path)
    (tmp_path / "study.toml").write_text(STUDY.format(name=name))
    command = [
        sys.executable,
        "-m",
        "bench",
        "run",
        str(tmp_path / "study.toml"),
        "--out",
        str(tmp_path / "out"),
        "--no-rehearsal",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    found = [row for file in (tmp_path / "out/trials").glob("*.parquet") for row in pq.read_table(file).to_pylist()]
    rows = {(row["condition"], row["seed"]): row for row in found}
    assert len(rows) == 6
    for fingerprint in ("initial_weights", "batch_order"):
        assert len({row[fingerprint] for row in found}) == 2, "another one for another seed"
        assert all(row[fingerprint] == rows["none", seed][fingerprint] for (_, seed), row in rows.items())
    for seed in (0, 1):
        some, again = rows["some", seed], rows["some-again", seed]
        assert some["final_weights"] != rows["none", seed]["final_weights"]
        assert [some[name] for name in ("final_weights", "test_bits")] == [again["final_weights"], again["test_bits"]]
        assert len(curve := points(tmp_path / "out", some["trial_id"])) == 3, "each epoch is a heartbeat"
        assert curve == points(tmp_path / "out", again["trial_id"])
        assert all(point["loss"] > 0 for point in curve)


def points(folder: Path, trial_id: str) -> list[dict[str, float]]:
    return Store(folder).curves_of([trial_id]).drop_columns(["trial_id"]).to_pylist()


TRIAL = """
import json, tempfile
from pathlib import Path
from bench.engines.own.streams import stream_seeds
from bench.engines.own.trial import Trial

def trial(seed):
    place = Path(tempfile.mkdtemp())
    return Trial({}, seed, stream_seeds(seed, seed, seed), devices=("cpu",), cpus=1, folder=place)
"""


def said(script: str) -> str:
    """Return what a script prints in a process of its own."""
    command = [sys.executable, "-c", TRIAL + script]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "setting"),
    [
        pytest.param("with_lightning", "dropout", marks=needs("lightning")),
        pytest.param("with_transformers", "dropout", marks=needs("transformers")),
        pytest.param("with_sklearn", "alpha", marks=needs("sklearn")),
        pytest.param("with_jax", "dropout", marks=needs("jax")),
    ],
)
def test_what_the_page_shows_of_each_library_trains(tmp_path: Path, name: str, setting: str) -> None:
    lay(
        tmp_path,
        ("train.py", f"{name}.py"),
        ("seeds = 16", "seeds = 1"),
        ("epochs = 5", "epochs = 1"),
        ("dropout", setting),
    )
    python(tmp_path, "-m", "bench", "run", "study.toml", "--out", "out", "--no-rehearsal")
    rows = [row for file in (tmp_path / "out/trials").glob("*.parquet") for row in pq.read_table(file).to_pylist()]
    assert [(row["status"], row["test_total"], row["epochs"]) for row in rows] == [("ok", 1000, 1)] * 2
    assert all(row["test_accuracy"] > 0.2 for row in rows), "chance is 0.1"


@needs("sklearn")
def test_every_random_state_of_an_estimator_is_of_the_trial_and_no_two_are_equal() -> None:
    script = """
from sklearn.decomposition import PCA
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from bench.adapters.sklearn import seeded

vote = VotingClassifier([("one", MLPClassifier()), ("other", MLPClassifier(random_state=1))])
search = GridSearchCV(make_pipeline(PCA(), vote), {}, cv=KFold(shuffle=True))
for seed in (0, 0, 1):
    made = seeded(trial(seed), search)
    states = {path: value for path, value in made.get_params().items() if path.endswith("random_state")}
    print(json.dumps([*states.values(), made.cv.random_state]))
print(json.dumps([search.cv.random_state, vote.estimators[1][1].random_state]))
"""
    first, again, other, untouched = map(json.loads, said(script).splitlines())
    assert first == again
    assert len({*first, *other}) == 2 * 4, "PCA, two networks and the splitter, at two seeds"
    assert untouched == [None, 1]


@pytest.mark.slow
@needs("lightning")
def test_a_lightning_loader_that_draws_from_the_global_generator_is_refused() -> None:
    script = f"""
import sys
sys.path.append({str(FRAMEWORKS)!r})
import torch, with_lightning
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.rand(8, 8), torch.zeros(8).long(), torch.arange(8))
for generator in (None, torch.Generator()):
    try:
        trainer = with_lightning.PairedTrainer(trial(0), max_epochs=1)
        trainer.fit(with_lightning.Model(0.0), DataLoader(data, shuffle=True, generator=generator))
        print("trained")
    except ValueError as error:
        print(error)
"""
    refused, trained = [line for line in said(script).splitlines() if "the training" in line or line == "trained"]
    assert "draws its order from the global generator" in refused
    assert trained == "trained"


@pytest.mark.slow
@needs("transformers")
def test_a_model_that_the_trainer_makes_and_its_grouped_batches_are_of_their_streams() -> None:
    script = f"""
import sys
sys.path.append({str(FRAMEWORKS)!r})
import torch, with_transformers as made

one, data = trial(0), made.Data(made.X, made.Y)
before = torch.get_rng_state()
args = made.arguments(one, max_steps=1, learning_rate=0.0, train_sampling_strategy="group_by_length")
trainer = made.PairedTrainer(one, model_init=lambda: made.Model(0.5), args=args, train_dataset=data)
trainer.train()
with one.random("init"):
    same = made.Model(0.5)
print(json.dumps([
    torch.equal(before, torch.get_rng_state()),
    all(torch.equal(*each) for each in zip(trainer.model.parameters(), same.parameters())),
    torch.are_deterministic_algorithms_enabled(),
    list(trainer._get_train_sampler()) == list(trainer._get_train_sampler()),
]))
"""
    assert json.loads(said(script).splitlines()[-1]) == [True, True, False, True]
