"""What nodes need of the runner's machine: plug-ins, data sets, images, and the files of own training code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import data
from bench.base import multiplying
from bench.base.files import write_atomically
from bench.data import DATA_SETS, images_of
from bench.data.data_set import DataSet
from bench.record import code_hash, unfinished
from bench.record.experiment import Experiment
from bench.record.trials import Recipe
from bench.run import provenance
from bench.study import plugins
from bench.study.own_files import files_hash
from bench.study.study import Study


@dataclass(frozen=True)
class Shipment:
    """What every process on a node takes in once.

    Parameters
    ----------
    recipes : list of Recipe
        All of the study, for the self-test.
    git : mapping or None
        State of the sources, which on nodes are a copy without it.
    plugins : tuple of (name, content)
    data_sets : mapping of name to DataSet
        Those at a path of the user's.
    images : mapping of name to reference
        Images in Ray's object store, each once on a node.
    files : mapping of name to reference
        Files of own training code, and its data files, from the folder of the study.
    results : Path
        Results folder; nodes use it where they see `token` in it.
    token : str
    multiplied_by : mapping
        Library that multiplies in each layer: one choice for all nodes, as two differ in their last bits.
    parsed : mapping
        What `code_hash.parsed` holds.
    """

    recipes: list[Recipe]
    git: Mapping[str, Any] | None
    plugins: tuple[tuple[str, bytes], ...]
    data_sets: Mapping[str, DataSet]
    images: Mapping[str, Any]
    files: Mapping[str, Any]
    results: Path
    token: str
    multiplied_by: multiplying.Chosen
    parsed: Mapping[str, str]


def pack(study: Study, results: Path, token: str, put: Any) -> Shipment:
    """Return what nodes need for a study; `put` lays content into the object store and returns a reference."""
    own_plugins, own_data = plugins.loaded()
    names = {recipe.data for recipe in study.recipes()}
    return Shipment(
        recipes=study.recipes(),
        git=provenance.git_state(Path(provenance.__file__).parent),
        plugins=tuple((path.name, path.read_bytes()) for path in own_plugins),
        data_sets={name: DATA_SETS[name] for name, _ in own_data if name in names},
        images={name: put(images_of(name)) for name in names},
        files={name: put(content) for name, content in _files(study.recipe)},
        results=results.resolve(),
        token=token,
        multiplied_by=multiplying.chosen(),
        parsed=code_hash.parsed,
    )


def _files(recipe: Recipe | Experiment) -> Iterable[tuple[str, bytes]]:
    """Yield the files of own training code that lie in the folder of its study; others nodes are to have."""
    if isinstance(recipe, Experiment):
        for name in (*recipe.files, *recipe.data_files):
            if not Path(name).is_absolute() and ".." not in Path(name).parts:
                yield name, (recipe.folder / name).read_bytes()


@dataclass(frozen=True)
class Unpacked:
    """A shipment, taken in by this process."""

    shipment: Shipment
    results: Path
    """Where trials have their folders and logs."""
    is_shared: bool
    """Whether that is the runner's results folder."""
    code: Path | None
    """Folder of own training code; None where that of the study is here, as it is on the runner's machine."""


def unpack(shipment: Shipment, job: Path, get: Any, experiment: Experiment | None) -> Unpacked:
    """Take in a shipment: plug-ins, data sets and images; files of own training code go into the folder `job`."""
    code_hash.parsed.update(shipment.parsed)
    multiplying.use(shipment.multiplied_by)
    for number, (name, content) in enumerate(shipment.plugins):
        plugins.load(_laid(job / "plugins" / str(number) / name, content))
    DATA_SETS.update(shipment.data_sets)
    for name, reference in shipment.images.items():
        data.at_hand[name] = get(reference)
    local = job / shipment.token
    is_shared = token_folder(shipment.results, shipment.token).is_dir()
    code = None
    if experiment is not None and not _is_here(experiment):
        code = local / "code"
        for name, reference in shipment.files.items():
            _laid(code / name, get(reference))
    return Unpacked(shipment, shipment.results if is_shared else local, is_shared, code)


def token_folder(results: Path, token: str) -> Path:
    """Return the folder by which a node sees that it has the runner's results folder before it."""
    return unfinished.folder_of(results, f"ray-{token}")


def _is_here(experiment: Experiment) -> bool:
    """Return whether the folder of the study is on this machine too, with the same files."""
    try:
        same = files_hash(experiment.folder, experiment.files) == experiment.files_hash
    except OSError:
        return False
    return same and all((experiment.folder / name).is_file() for name in experiment.data_files)


def _laid(path: Path, content: bytes) -> Path:
    """Write a file unless it is there, as another process of this node may have written it; return its path."""
    if not path.is_file() or path.read_bytes() != content:
        write_atomically(path, content)
    return path
