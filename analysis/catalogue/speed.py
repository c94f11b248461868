"""The entry: what a condition costs in time."""

from analysis.catalogue.entry import Group, Method, keys

_SPEEDS = "throughput.measurements[]"

SPEED = Method(
    title="Ratios of time",
    answers="How many times as long a training step of the condition takes as the control's: a family of its own.",
    fills=(
        keys(
            _SPEEDS,
            "metric device precision study control alpha margin file earlier_measurements started_at environment_id "
            "schema_version workers stack_size steps batch_size order_seed load_limit bound_tolerance n_blocks n_slots "
            "n_exclusive warnings",
        ),
        keys(f"{_SPEEDS}.left_out[]", "condition block reason slots"),
        keys(
            f"{_SPEEDS}.comparisons[]",
            "condition control alpha n_blocks blocks_left_out ratio ratio_low ratio_high ratio_low_90 ratio_high_90 "
            "ratio_low_simultaneous ratio_high_simultaneous ratio_low_simultaneous_90 ratio_high_simultaneous_90 "
            "mean_log_ratio sd_log_ratio standard_error t df p_t p_tost equivalent p_sign_flip p_min_attainable "
            "n_max_t p_max_t p_max_t_step_down p_holm p_bh verdict verdict_reason",
        ),
        keys(f"{_SPEEDS}.comparisons[].blocks[]", "block control condition ratio"),
        keys(f"{_SPEEDS}.conditions[]", "condition n seconds_per_step throughput fraction_of_bound"),
    ),
    assumes="As the methods above, of log ratios paired by block. Only slots in which nothing else ran count.",
    formula="""\
d_b = ln(seconds per step, condition) - ln(the same, control) in block b;   ratio = exp(d̄), limits exponentiated
every further key as the entry of that name, of d_b; margin m of the ratio is ln(1 + m) of d
conditions: geometric means over exclusive slots""",
    source=("Fleming and Wallace 1986, Communications of the ACM 29, 218-221 (geometric means of ratios).",),
    computed_by=("analysis.throughput.speeds:speeds", "analysis.throughput.ratios:ratios"),
    checked_by=(
        "tests/unit/analysis/throughput/test_ratios.py::test_by_hand",
        "tests/unit/analysis/throughput/test_ratios.py::test_agrees_with_scipy_and_bonferroni",
        "tests/statistical/test_throughput_calibration.py::test_error_rates_where_nothing_differs",
    ),
    example="""\
>>> import pandas as pd
>>> from analysis.tables.question import Question
>>> from analysis.throughput.ratios import ratios
>>> frame = pd.DataFrame({"condition": ["none"] * 6 + ["book"] * 6, "exclusive": True})
>>> frame["block"] = [0, 1, 2, 3, 4, 5] * 2
>>> frame["seconds_per_step"] = [1.00, 1.02, 0.99, 1.01, 1.0, 1.03, 1.21, 1.2, 1.19, 1.22, 1.18, 1.25]
>>> asked = Question("seconds_per_step", "none", 0.05, 0.02, direction="lower")
>>> (book,), _ = ratios(frame, ["book"], asked)
>>> show(book, "n_blocks", "ratio", "ratio_low", "ratio_high", "verdict")
n_blocks = 6, ratio = 1.19824, ratio_low = 1.18146, ratio_high = 1.21527, verdict = inferior
""",
)

GROUP = Group("What does a condition cost?", (SPEED,))
