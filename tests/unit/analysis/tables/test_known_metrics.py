"""What the name of a metric tells: which values are better, and in what it is measured."""

import pandas as pd
import pyarrow as pa
import pytest

from analysis.answer.compare import compare
from analysis.tables.table import from_frame
from analysis.wording.terminal import render
from bench.schema import OUTCOME
from bench.schema.known_metrics import direction_of, direction_of_protocol_1, is_accuracy, is_fraction, words_of

LOWER = """
loss Loss LOSS val/loss val_loss valLoss val.loss val-loss val:loss val@loss logLoss log_loss test_loss loss_gap gap
rmse RMSE test_rmse mse mae MAPE smape error test_error error_rate mean_squared_error errors err top5_err top5Err err@5
nll NLL valNLL ppl perplexity val_perplexity ece ECE test_calibration_error brier brier_score wer cer fid FID50k kl
regret bpc bpd test_bits cost seconds train_seconds sec ms latency Latency HTTPLatency p99_latency latency_ms runtime
time wall_time memory peak_memory crossentropy crossEntropy CrossEntropy cross_entropy cross-entropy eer
generalisation_gap running_gap accuracy_gap acc_err f1_gap accGap auc@5_gap roc_auc_gap
"""
HIGHER = """
accuracy Accuracy test_accuracy valAccuracy val/acc acc acc1 acc@1 top1Acc resnet50Accuracy late_test_accuracy
auc AUC testAUC roc_auc ROC-AUC auroc AUROC f1 F1 test_f1 F1Score f1@10 map mAP mAP@50 precision recall recall@5 bleu
BLEU return episode_return reward r2 R2 test_r2 R2Score iou IoU mIoU dice psnr PSNR throughput running_train_accuracy
"""
UNKNOWN = """
neg_mean_squared_error negative_loss minus_loss accuracy_drop error_reduction loss_decrease accuracy_increase
improvement_in_rmse accuracy_gain delta_loss loss_diff accuracy_std loss_sd loss_var loss_variance accuracy_ratio
words_per_ms bits_per_character samples_per_sec samples/sec time_saved memory_efficiency free_memory survival_time
log_likelihood log-likelihood logLikelihood loglikelihood mean_log_likelihood time_to_accuracy accuracy_error acc_loss
gap_closed 1-accuracy -loss score throughput_ms gloss terror x mapping recalled
"""


@pytest.mark.parametrize(
    ("metric", "direction"),
    [(name, told) for names, told in ((LOWER, "lower"), (HIGHER, "higher"), (UNKNOWN, None)) for name in names.split()],
)
def test_direction_of_benefit(metric, direction):
    assert direction_of(metric) == direction


def test_blanks_part_words_too():
    assert direction_of("Test loss") == "lower"
    assert direction_of("mean squared error (kg)") == "lower"
    assert words_of("valMSE2 of HTTPServer") == ("val", "mse", "2", "of", "http", "server")


def test_of_what_the_harness_measures_every_direction_is_known_and_as_it_was():
    measured = [field.name for field in OUTCOME if pa.types.is_floating(field.type)]
    assert "test_calibration_error" in measured
    assert {name: direction_of(name) for name in measured} == {name: direction_of_protocol_1(name) for name in measured}


@pytest.mark.parametrize(
    ("metric", "direction"),
    [("rmse", "higher"), ("error", "higher"), ("gap", "lower"), ("val_loss", "lower"), ("val/loss", "higher"),
     ("train_seconds", "lower"), ("test_calibration_error", "lower"), ("gap_closed", "higher")],
)  # fmt: skip
def test_protocol_1_knew_four_ends_and_took_all_else_as_higher(metric, direction):
    assert direction_of_protocol_1(metric) == direction


@pytest.mark.parametrize(
    ("metric", "accuracy", "fraction"),
    [
        ("test_accuracy", True, True), ("valAccuracy", True, True), ("acc@1", True, True), ("ACC", True, True),
        ("generalisation_gap", False, True), ("running_gap", False, True), ("loss_gap", False, False),
        ("accuracy_drop", False, False), ("accuracy_gap", False, False), ("top5_err", False, False),
        ("test_f1", False, False), ("time_to_accuracy", False, False), ("bacchus", False, False),
    ],
)  # fmt: skip
def test_what_is_an_accuracy_and_what_is_a_fraction(metric, accuracy, fraction):
    assert (is_accuracy(metric), is_fraction(metric)) == (accuracy, fraction)


def table_of(metric, gain=2.0):
    rows = [
        {
            "condition": label,
            "seed": seed,
            metric: 3.0 + (label == "b") * gain + (3 + 2 * (label == "b")) * seed % 7 / 9,
        }
        for label in "ab"
        for seed in range(9)
    ]
    return from_frame(pd.DataFrame(rows).assign(status="ok"))


@pytest.mark.parametrize(("gain", "word"), [(2.0, "higher"), (-2.0, "lower")])
@pytest.mark.parametrize("margin", [None, 0.1, 2.0])
def test_without_a_direction_no_word_of_benefit_is_used(gain, word, margin):
    whole = compare(table_of("score", gain), "score", "a", margin=margin)
    found = whole.to_json()
    (entry,) = found["comparisons"]
    for part in (found, entry):
        assert part["direction"] is None
        assert part["lower_is_better"] is None
    assert entry["headline"]["verdict"] == word
    turned = [key for key in entry if key.startswith(("verdict", "improvement_")) or key == "cliffs_delta"]
    assert len(turned) > 6
    assert {key: entry[key] for key in turned} == dict.fromkeys(turned)
    assert found["selection"] is None
    assert [found["divergence"][1][key] for key in ("p_mcnemar", "worst_rank_p")] == [1.0, None]
    assert [text for text in found["warnings"] if "--higher-is-better" in text and "[analysis]" in text]
    text = render(whole)
    assert "which values are better is not known" in text
    assert f"{word.capitalize()}: “b” changed score by " in text
    assert not [each for each in ("superior", "inferior", "positive", "negative", "better than") if each in text]


def test_without_a_direction_equivalent_and_undecided_are_what_they_were():
    table = table_of("score", 0.0)
    for margin, word in ((5.0, "equivalent"), (1e-3, "inconclusive")):
        told = [compare(table, "score", "a", margin=margin, direction=each).effects["b"] for each in ("lower", None)]
        assert [each.headline.verdict for each in told] == [word, word]


def test_a_direction_that_is_given_wins_over_the_name():
    table = table_of("rmse")
    words = {each: compare(table, "rmse", "a", direction=each).effects["b"].verdict for each in ("higher", None)}
    assert words == {"higher": "superior", None: "inferior"}
