"""Write logs of Inspect into FOLDER: ``python -m tests.end_to_end.imports.write_inspect FOLDER``.

Models that answer by a rule, without a network. ``quiz``: two models at five seeds, in both formats; 'large' calls its
metric otherwise, its seed 3 is killed, its seed 4 has an error; one run of 'small' has no seed. ``epochs``: three
epochs without seeds, under two reducers. ``scores``: scores of every form. ``choices``: choices and samples in an order
of each run's own. Beside them ``read.json`` is what the tool itself reads in its logs. What says on which machine it
ran is taken out.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspect_ai import Epochs, Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import ChatMessageUser, GenerateConfig, ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import SampleScore, Score, accuracy, choice, ci, match, mean, metric, scorer, stderr
from inspect_ai.solver import generate, multiple_choice

SAMPLES, KILLED, BROKEN = 12, 3, 4
FORMATS = ("eval", "json")


def answered(text: str) -> ModelOutput:
    made = ModelOutput.from_content("mock", text)
    made.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)  # counting would need a download
    return made


def right(model: str, seed: int, place: int, epoch: int = 1) -> bool:
    """Whether a model answers a sample rightly: 'large' more often."""
    return (7 * place + 5 * seed + 3 * epoch + place * seed) % 12 < {"small": 6, "large": 8}[model]


@metric
def exactness() -> Any:
    """Accuracy under another name."""

    def share(scores: list[SampleScore]) -> float:
        return sum(each.score.as_float() for each in scores) / len(scores)

    return share


def by_rule(model: str, seed: int) -> Any:
    """Return a model that answers by `right`, has an error in one run and is killed in another."""
    asked: dict[str, int] = {}

    def answer(messages: list[Any], *_: Any) -> ModelOutput:
        text = messages[-1].text
        place = int(re.search(r"Number (\d+)", text)[1])
        asked[text] = asked.get(text, 0) + 1
        if (model, seed, place) == ("large", BROKEN, 8):
            raise RuntimeError("no key")
        if (model, seed, place) == ("large", KILLED, 9):
            os._exit(9)
        said = "yes" if right(model, seed, place, asked[text]) else "no"
        letter = re.search(rf"(\w)\) {said}", text)
        return answered(f"ANSWER: {letter[1]}" if letter else said)

    return answer


def samples(named: Callable[[int], Any] = int, asked: Callable[[str], Any] = str) -> MemoryDataset:
    return MemoryDataset(
        [
            Sample(id=named(i), input=asked(f"Number {i}?"), target="yes", metadata={"passage": f"p{(i - 1) // 3}"})
            for i in range(1, SAMPLES + 1)
        ]
    )


def quiz(renamed: bool) -> Task:
    metrics = [exactness() if renamed else accuracy(), stderr()]
    return Task(name="quiz", dataset=samples(), solver=generate(), scorer=match(), metrics=metrics)


def course() -> Task:
    data = samples(lambda i: f"s{i}")
    return Task(name="course", dataset=data, solver=generate(), scorer=match(), epochs=Epochs(3, ["mean", "max"]))


FORMS: tuple[Any, ...] = ("C", "I", "P", "N", "Yes", "false", True, 0, 1.0, 0.25, "0.5", float("nan"))


@scorer(metrics=[accuracy(), ci()])
def letters() -> Any:
    async def score(state: Any, _: Any) -> Score:
        return Score(value=FORMS[int(state.sample_id) - 1])

    return score


@scorer(metrics={"right": [mean(), stderr()], "polite": [mean()]})
def judge() -> Any:
    async def score(state: Any, _: Any) -> Score:
        return Score(value={"right": state.output.completion == "yes", "polite": 0.5})

    return score


def forms() -> Task:
    talk = samples(asked=lambda text: [ChatMessageUser(content=text)])
    return Task(name="forms", dataset=talk, solver=generate(), scorer=[match(), match(), letters(), judge()])


def choices(order: int) -> Task:
    asked = [Sample(input=f"Number {i}?", choices=["no", "yes", "perhaps"], target="B") for i in range(1, SAMPLES + 1)]
    data = MemoryDataset(asked)
    data.shuffle(order)
    data.shuffle_choices(order)
    return Task(name="choices", dataset=data, solver=multiple_choice(), scorer=choice())


def run(folder: Path, made: Task, form: str, model: str, seed: int | None = None) -> None:
    config = GenerateConfig() if seed is None else GenerateConfig(seed=seed)
    asked = get_model(f"mockllm/{model}", config=config, memoize=False, custom_outputs=by_rule(model, seed or 0))
    eval(made, model=asked, log_dir=str(folder), log_format=form, display="none", log_buffer=1, max_samples=1)


def read(path: Path) -> dict[str, Any]:
    """Return what the tool reads in a log: how it ended, every score of every sample, every metric."""
    log = read_eval_log(str(path))
    return {
        "status": log.status,
        "samples": [
            {"asked": each.input if isinstance(each.input, str) else each.input[0].text, "epoch": each.epoch,
             "scores": {key: score.value for key, score in each.scores.items()}}
            for each in log.samples or () if each.scores
        ],
        "metrics": [
            {"score": score.name, "reducer": score.reducer, "metric": name, "value": found.value}
            for score in (log.results.scores if log.results else ())
            for name, found in score.metrics.items()
        ],
    }  # fmt: skip


def without_places(path: Path) -> None:
    """Take out what says where it ran; a log that was killed is left as it lies, and has nothing of that."""
    log: EvalLog = read_eval_log(str(path))
    if log.status == "started":
        return
    log.eval.packages, log.eval.revision = {}, None
    for fault in [log.error, *(each.error for each in log.samples or ())]:
        if fault is not None:
            fault.traceback = fault.traceback_ansi = ""
    for each in log.samples or ():
        each.events, each.events_data, each.timelines = [], None, None
    write_eval_log(log, str(path))


if __name__ == "__main__":
    home = Path(sys.argv[1]).resolve()
    home.mkdir(exist_ok=True)
    os.chdir(home)  # no commit of a checkout is in the logs
    if len(sys.argv) > 2:
        run(home / "quiz", quiz(renamed=True), "eval", "large", KILLED)
    for i, (name, number) in enumerate((name, number) for name in ("small", "large") for number in range(5)):
        if (name, number) == ("large", KILLED):
            again = [sys.executable, __file__, str(home), "killed"]
            assert subprocess.run(again, check=False).returncode == 9
        else:
            run(home / "quiz", quiz(renamed=name == "large"), FORMATS[i % 2], name, number)
    run(home / "quiz", quiz(renamed=False), "eval", "small")
    for name in ("small", "large"):
        run(home / "epochs", course(), "eval", name)
        for number, form in enumerate(FORMATS):
            run(home / "scores", forms(), form, name, number)
            run(home / "choices", choices(order=number), form, name, number)
    logs = sorted(each for form in FORMATS for each in home.rglob(f"*.{form}"))
    for each in logs:
        without_places(each)
    (home / "read.json").write_text(json.dumps({each.name: read(each) for each in logs}, indent=1))
