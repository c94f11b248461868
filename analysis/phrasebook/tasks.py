"""Example comparisons over tasks: every verdict over these tasks and over new ones, few tasks, many conditions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.answer.over_tasks import TASKS, AcrossTasks, ComparisonOverTasks
from analysis.answer.tasks import ONE_RUN_EACH, compare_tasks
from analysis.catalogue.example import tasks as example
from analysis.methods import verdict
from analysis.methods.new_tasks import NewTasks
from analysis.methods.ranks_over_tasks import PairOverTasks
from analysis.methods.these_tasks import TheseTasks
from analysis.phrasebook.effects import ALPHA, BY_VERDICT
from analysis.phrasebook.entry import Entry, Line, called, text_of
from analysis.wording import controls, paper, tasks, tasks_terminal
from analysis.wording.style import PAGE
from bench.schema.known_metrics import HIGHER, LOWER, MEAN, TYPICAL

NAMES = ("fashion", "digits", "kuzushiji", "letters")
MARGIN = 0.001


def each_verdict(scale: float = 1.0) -> dict[str, AcrossTasks]:
    """Return a condition of every verdict over 4 tasks, the same over these and over new ones."""
    found = {}
    for name, ((low, high), (low_90, high_90), p) in BY_VERDICT.items():
        assert None not in (low, high, low_90, high_90)
        ends = [scale * end for end in (low, high, low_90, high_90) if end is not None]
        word = verdict.decide(verdict.Interval(*ends), scale * MARGIN, HIGHER)
        told: dict[str, Any] = dict(zip(("low", "high", "low_90", "high_90"), ends, strict=True))
        told |= {"estimate": (ends[0] + ends[1]) / 2, "p": p, "verdict": word}
        ahead: dict[str, Any] = {
            "tau": 0.002 * scale,
            "prediction_low": ends[0] - 0.004,
            "prediction_high": ends[1] + 0.004,
        }
        found[name] = AcrossTasks(
            condition="book",
            n_tasks=4,
            scope="seeds",
            these=TheseTasks(**told),
            new=NewTasks(**told, **ahead, i2=0.6),
        )
    return found


def whole(*conditions: AcrossTasks, **more: Any) -> ComparisonOverTasks:
    """Return a comparison over tasks of these conditions, each under a name of its own where they are several."""
    usual: dict[str, Any] = {
        "metric": "test_accuracy", "control": "none", "alpha": ALPHA, "margin": MARGIN, "direction": HIGHER,
        "bad_ending": 0.05, "role": None, "estimand": TYPICAL, "scale": "raw", "n_seeds": 10, "warnings": (),
        "scores": (), "pairs": (), "tasks": dict.fromkeys(NAMES),
    }  # fmt: skip
    named = {f"rate-0.{place}": each for place, each in enumerate(conditions, 1)} if len(conditions) > 1 else {
        each.condition: each for each in conditions
    }  # fmt: skip
    across = {label: replace(each, condition=label) for label, each in named.items()}
    return ComparisonOverTasks(**(usual | {"across": across} | more))


VERDICTS = each_verdict()
GOOD = VERDICTS["above the margin"]
FEW = replace(
    GOOD,
    n_tasks=2,
    new=NewTasks(verdict=verdict.CANNOT_TEST, reason="2 tasks; new tasks of this kind need at least 3"),
)
LOST = "on task 'letters' the pairs are too few for an interval"
NOTHING = replace(
    GOOD,
    scope=None,
    these=TheseTasks(verdict=verdict.CANNOT_TEST, reason=LOST),
    new=NewTasks(verdict=verdict.CANNOT_TEST, reason=LOST),
)
SINGLE = replace(
    GOOD,
    scope=TASKS,
    these=TheseTasks(verdict=verdict.CANNOT_TEST, reason=ONE_RUN_EACH),
    new=replace(GOOD.new, tau=None, i2=None, prediction_low=None, prediction_high=None),
)
EXAMPLES = {
    **VERDICTS,
    "for new test images too": replace(GOOD, scope="seeds_and_images"),
    "for new groups of test images too": replace(GOOD, scope="seeds_and_groups"),
    "for new groups of test images too, on some tasks": replace(GOOD, scope="seeds_and_images_or_groups"),
    "tasks are not seen to differ": replace(GOOD, new=replace(GOOD.new, tau=0.0, i2=0.0)),
    "for other splits": replace(GOOD, scope="splits"),
    "2 tasks": FEW,
    "no interval on a task": NOTHING,
    "one run on each task": SINGLE,
    "no upper limit": replace(GOOD, these=replace(GOOD.these, high=None, high_90=None, estimate=None)),
}


def entries() -> tuple[Entry, ...]:
    """Return what is written of comparisons over tasks."""
    ratio, loss = {"scale": "log-ratio", "metric": "rmse", "margin": 0.02, "direction": LOWER}, {"metric": "test_loss"}
    kinds = {"accuracy": {}, "a loss": loss, "ratios": ratio}
    every = list(VERDICTS.values())
    mixed = {"all kinds": every, "all differ": every[:3] * 2, "none differs": every[3:5] * 3, "nothing": [NOTHING] * 5}
    pairs = tuple(PairOverTasks(condition=f"c{k}", other="none", n_tasks=9, p_holm=0.01 * k) for k in range(12))
    shown = compare_tasks(example(), "test_accuracy", "none", margin=0.01)
    return (
        *(
            Entry(
                function,
                (
                    *(Line(name, function(each, whole(each), PAGE)) for name, each in EXAMPLES.items()),
                    Line("above 0, ratios", function(GOOD, whole(GOOD, **ratio), PAGE)),
                ),
            )
            for function in (tasks.of_these, tasks.of_new)
        ),
        Entry(tasks.sentences, tuple(
            Line(name, text_of(tasks.sentences(whole(*found), PAGE)))
            for name, found in {"1 condition": [GOOD], "one run on each task": [SINGLE] * 2}.items()
        )),
        Entry(
            tasks.summed_up,
            tuple(
                Line(f"{name}; {view}", tasks.summed_up(whole(*found), view, PAGE))
                for name, found in mixed.items()
                for view in (tasks.THESE, tasks.NEW)
            ),
        ),
        Entry(tasks.for_new, tuple(
            Line(str(each.scope), tasks.for_new(each, example="image"))
            for each in (GOOD, *(EXAMPLES[f"for {new}"] for new in (
                "new test images too", "new groups of test images too", "other splits"
            )))
        )),
        Entry(tasks.holds_on_each, (Line("the tables of docs/methods.md", text_of(tasks.holds_on_each(shown))),)),
        Entry(tasks.between, tuple(Line(name, tasks.between(each.these, whole(each), PAGE)) for name, each in
                                   VERDICTS.items())),
        Entry(tasks.differences, tuple(
            Line(f"{name}: 0.0123, -0.5", text_of(tasks.differences([0.0123, -0.5], whole(GOOD, **more), PAGE)))
            for name, more in kinds.items()
        )),
        Entry(tasks.difference, tuple(
            Line(f"{name}: 0.0123", tasks.difference(0.0123, whole(GOOD, **more), PAGE)) for name, more in kinds.items()
        )),
        Entry(tasks.notes, tuple(
            Line(name, text_of(tasks.notes(whole(each, estimand=estimand)))) for name, each, estimand in (
                ("4 tasks", GOOD, TYPICAL), ("the mean leads", GOOD, MEAN),
                ("splits", EXAMPLES["for other splits"], MEAN), ("one run on each task", SINGLE, MEAN))
        )),
        Entry(tasks.scale_told, tuple(Line(name, text_of(tasks.scale_told(whole(**more)))) for name, more in
                                      kinds.items())),
        Entry(paper.over_tasks, tuple(
            Line(f"the tables of docs/methods.md, {label}", paper.over_tasks(each, shown))
            for label, each in shown.across.items()
        )),
        called(controls.the_plan_says_over_tasks, *((MARGIN, "test_accuracy", settled) for settled in range(3))),
        Entry(tasks_terminal.title, (Line("the tables of docs/methods.md", tasks_terminal.title(shown)),)),
        Entry(tasks_terminal.every_pair, tuple(
            Line(f"{len(names)} tasks", tasks_terminal.every_pair(whole(pairs=pairs, tasks=dict.fromkeys(names))))
            for names in (NAMES, range(12))
        )),
        Entry(tasks_terminal.render, (Line("the tables of docs/methods.md, margin 0.01",
                                           tasks_terminal.render(shown)),)),
    )  # fmt: skip
