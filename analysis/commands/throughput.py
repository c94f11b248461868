"""``python -m analysis throughput DIR``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.base.errors import TableError, listed
from analysis.commands import options

if TYPE_CHECKING:
    from analysis.throughput.result import Measurements

NAME, HELP = "throughput", "does a condition cost speed? From a folder's measurements"


def arguments(command: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    command.add_argument("folder", metavar="DIR", help="a results folder that bench throughput has written")
    command.add_argument("--control", help="label of the control; default: the control of the folder's plan")
    command.add_argument("--margin", type=float, help="speeds this close count as equal; default: 0.02")
    options.add_alpha(command)
    options.add_json(command)


def execute(given: argparse.Namespace) -> None:
    """Compare the speeds that were measured."""
    from analysis.tables.plan import read_plan
    from analysis.tables.question import Question
    from analysis.tables.reading import place_of
    from analysis.tables.tasks import tasks_of_folder
    from analysis.throughput import DEFAULT_MARGIN, speeds
    from analysis.throughput.result import Measurements
    from bench.schema import PLAN_FILE, THROUGHPUT_FOLDER

    folder = place_of(given.folder)
    if not folder.is_dir():
        raise TableError(folder, ["is no folder; expected a results folder that bench throughput has written"])
    if names := tasks_of_folder(folder):
        raise TableError(folder, [f"has several tasks: {listed(names)}; speed is of one of them: {folder / names[0]}"])
    plan = read_plan(folder / PLAN_FILE) if (folder / PLAN_FILE).exists() else None
    planned = None if plan is None else plan.analysis
    control = given.control or (planned and planned.control)
    if not control:
        raise TableError(folder, ["--control is missing; only a folder whose plan.json has [analysis] may do without"])
    alpha = given.alpha if given.alpha is not None else planned.alpha if planned else Question.ALPHA
    margin = DEFAULT_MARGIN if given.margin is None else given.margin
    found = speeds(folder, plan, control=control, alpha=alpha, margin=margin)
    if not found:
        raise TableError(folder, [f"has no {THROUGHPUT_FOLDER}/*.parquet; python -m bench throughput STUDY measures"])
    options.answer(given, Measurements(measurements=tuple(found)), _text)


def _text(found: Measurements) -> str:
    from analysis.wording.throughput_terminal import render

    return render(found)
