"""The wrong layers of every kind: the laws that each must break, and words of the cause in what these say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.bench.checks.dropout import wrong_channels as channels
from tests.unit.bench.checks.dropout import wrong_inputs as inputs
from tests.unit.bench.checks.dropout import wrong_running as running
from tests.unit.bench.checks.dropout.wrong_layers import WRONG

Layer = Callable[..., Any]
PLACES = "kept values are those of other places"
NEW: dict[Layer, tuple[str, str]] = {
    inputs.NothingUnlessContiguous: ("memory-layout", "nothing is dropped on a transposed input"),
    inputs.NothingInChannelsLast: ("memory-layout", "nothing is dropped on a channels_last input"),
    inputs.NotScaledWhereStrided: ("memory-layout", "kept units are not scaled on a strided input"),
    inputs.HalfTheRateUnlessContiguous: ("memory-layout", "on a transposed input: share dropped is"),
    inputs.ViewsItsInput: ("memory-layout", "raises on a transposed input (RuntimeError"),
    inputs.ValuesInMemoryOrder: ("memory-layout", f"{PLACES} on a transposed input"),
    inputs.ForgetsTheOffset: ("memory-layout", f"{PLACES} on a slice of a larger tensor"),
    inputs.PermutesChannelsLast: ("memory-layout", f"{PLACES} on a channels_last input"),
    inputs.RowsShareAMaskWhenTransposed: ("memory-layout", "31 of 32 slices along dimension 0 have a mask seen before"),
    inputs.NothingInOneDimension: ("one-dimension", "nothing is dropped in one dimension"),
    inputs.NotScaledInOneDimension: ("one-dimension", "kept units are not scaled in one dimension"),
    inputs.OneMaskForVectors: ("one-dimension", "511 of 512 calls have a mask seen before"),
    inputs.AsksForTheSecondDimension: ("one-dimension", "raises in one dimension (IndexError"),
    inputs.OneNumberForAVector: ("one-dimension", "127 of 128 slices along dimension 0 have a mask seen before"),
    inputs.NothingAtABatchOfOne: ("batch-of-one", "nothing is dropped at a batch of one"),
    inputs.NotScaledAtABatchOfOne: ("batch-of-one", "kept units are not scaled at a batch of one"),
    inputs.OneMaskAtABatchOfOne: ("batch-of-one", "calls have a mask seen before at a batch of one"),
    inputs.RaisesAtABatchOfOne: ("batch-of-one", "raises at a batch of one (RuntimeError"),
    inputs.SqueezesABatchOfOne: ("batch-of-one", "gives [64] for an input [1, 64]"),
    inputs.NothingOnLargeInputs: ("large-input", "nothing is dropped on a large input"),
    inputs.MaskComesAgain: ("large-input", "comes again after 65,536 numbers"),
    inputs.NothingBeyondAMillion: ("large-input", "on a large input: share dropped is"),
    inputs.TheRemainderStays: ("large-input", "share dropped from number 2,064,384 on is 0"),
    inputs.NothingInFourDimensions: ("every-shape memory-layout batch-of-one", "nothing is dropped on shape [2, 4"),
    inputs.RaisesInFourDimensions: ("shape memory-layout batch-of-one", "RuntimeError when called on float32 [2, 4"),
    running.NothingInFloat16: ("every-format", "nothing is dropped in float16"),
    running.NotScaledInFloat16: ("every-format", "kept units are not scaled in float16"),
    running.NormalNumbersInFloat16: ("every-format", "in float16: share dropped is"),
    running.RaisesInFloat16: ("number-format", "RuntimeError when called on float16"),
    running.Float16BecomesFloat32: ("number-format", "float16 becomes float32"),
    running.NothingUnderAutocast: ("autocast", "nothing is dropped under autocast"),
    running.NotScaledUnderAutocast: ("autocast", "kept units are not scaled under autocast"),
    running.OneMaskUnderAutocast: ("autocast", "31 of 32 calls have a mask seen before"),
    running.RaisesUnderAutocast: ("autocast", "raises under autocast (RuntimeError"),
    running.NothingWhenCompiled: ("compiled", "nothing is dropped when compiled"),
    running.NotScaledWhenCompiled: ("compiled", "kept units are not scaled when compiled"),
    running.OneMaskWhenCompiled: ("compiled", "31 of 32 calls have a mask seen before"),
    running.RowsShareAMaskWhenCompiled: ("compiled", "63 of 64 slices along dimension 0 have a mask seen before"),
    running.NothingInInferenceMode: ("gradient-mode", "nothing is dropped under torch.inference_mode()"),
    running.NotScaledWithoutGradients: ("gradient-mode", "kept units are not scaled under torch.no_grad()"),
    running.NotScaledAtTwoTenths: ("every-rate", "kept units are not scaled at rate 0.05"),
    channels.ExamplesShareChannels: ("own-mask-by-row", "63 of 64 examples have the mask of another"),
    channels.WholeExamples: ("independent-units", "63 of 64 channels have the mask of another"),
    channels.PairsOfChannels: ("independent-units", "32 of 64 channels have the mask of another"),
    channels.ChannelsKeptAtTheRate: (
        "drop-rate kept-values variance rate-0 rate-1", "p is the rate of dropping, not of keeping",
    ),
    channels.ChannelsNotScaled: ("kept-values mean variance", "kept channels are not scaled at all"),
    channels.ChannelsScaledByShare: ("kept-values variance", "channels are multiplied by many values"),
    channels.OneChannelMaskForEver: ("fresh-masks", "one mask is used for ever"),
    channels.FirstPixelStays: ("whole-channels", "are dropped in part"),
    channels.FirstColumnsOnly: ("every-shape", "channels are dropped in part on shape [8, 64, 7, 9]"),
    channels.FirstChannelStays: ("rate-by-unit drop-rate mean variance", "channel 0 is dropped at rate 0"),
    channels.ChannelsBeyondTheSixtyFourthStay: ("every-shape large-input", "on shape [16, 300, 3, 2]: share dropped"),
    channels.ChannelsBySize: ("rate-by-input", "draw the mask without looking at the input"),
    channels.ChannelsAlwaysOn: ("evaluation", "channels are dropped in evaluation mode too"),
    channels.ChannelsStraightThrough: ("gradient rate-1", "dropped channels have one too"),
    channels.NoChannelsInChannelsLast: ("memory-layout", "nothing is dropped on a channels_last input"),
    channels.NoChannelsOfOneExample: ("batch-of-one", "nothing is dropped at a batch of one"),
    channels.NoChannelsUnderAutocast: ("autocast", "nothing is dropped under autocast"),
    channels.SequencesShareChannels: ("own-mask-by-row", "63 of 64 examples have the mask of another"),
    channels.DroppedBecomeMinusThree: ("kept-values", "dropped units become -3 whatever they were"),
    channels.AlphaNotRescaled: ("kept-values", "dropped units become -1.758 whatever they were"),
}  # fmt: skip
"""Laws, the one that names the cause first, and words of it."""
CAUSES = {
    "NeverOn": "nothing is ever dropped", "UniformOnMinusOneToOne": "draw on [0, 1), not on [-1, 1)",
    "OneMaskForEver": "one mask is used for ever", "MaskOnTheCPU": "make the mask on the input's device",
    "NormalNumbers": "draw uniform ones", "book_as_printed": "bfloat16 becomes float32",
    "MaskInPlaceOnTheCPU": "mul_ mixes devices", "NotScaled": "kept units are not scaled at all",
    "ScaledByTheRate": "divided by p", "KeepProbability": "p is the rate of dropping, not of keeping",
    "MaskSharedByRows": "63 of 64 rows have the mask of another", "MaskSharedByUnits": "63 of 64 units",
    "PairsOfUnits": "32 of 64 units", "EveryFourthUnitStays": "is dropped at rate 0, all at",
    "FirstRowStays": "row 0 is dropped at rate 0", "UnequalUnits": "draw a number for every unit",
    "TwoMasksInTurn": "126 of 128 calls use a mask that was used before", "StickyMask": "correlation",
    "DropsSmallValues": "without looking at the input", "RateFades": "from the first call to the last",
    "GeneratorSeededAlike": "do not seed a generator", "ScaledInEvaluation": "evaluation changes",
    "ClassicDropout": "evaluation changes the input", "AlwaysOn": "units are dropped in evaluation mode too",
    "StaysOff": "train() does not switch dropout on again", "StraightThrough": "dropped units have one too",
    "Detached": "there is no gradient", "GradientNotScaled": "of other masks or scales",
    "MaskOfTheLastCall": "they have another call's mask", "BackwardOffByOne": "of other masks or scales",
    "DividesByZero": "infinite or not a number", "DividesByZeroInPython": "ZeroDivisionError",
    "InfiniteGradientAtOne": "gradients, infinite", "HalfAtZero": "at rate 0 4096 of 4096 outputs are not the input",
    "BecomesFloat32": "float64 becomes float32", "Flattens": "[4, 8, 16] becomes [4, 128]",
    "InPlaceUnsaid": "changed in place", "NewValuesForOld": "changed in place", "GaussianNoise": "not Bernoulli",
    "AddsNoise": "not Bernoulli", "ScaledByWhatIsThere": "by nothing taken from the input",
    "ZeroByZero": "look for a division by zero", "UnitsTenApart": "10 of 64 units have the mask of another",
    "RowsThirtySevenApart": "at lag 37", "LastUnitIsTheThird": "1 of 64 units have the mask of another",
    "TwoHundredMasks": "824 of 1024 calls use a mask", "OnlyInFloat32": "nothing is dropped in float64",
    "NotInBfloat16": "nothing is dropped in bfloat16", "NotScaledInFloat64": "kept units are not scaled in float64",
    "OneMaskForASequence": "7 of 8 slices along dimension 0", "UnitsBeyondTheSixtyFourthStay": "on shape [16, 300]",
    "WidthRepeats": "236 of 300 slices along dimension 1", "OnlyWithGradients": "dropped under torch.no_grad()",
    "NotWhereAGradientIsAskedFor": "nothing is dropped on inputs that require a gradient",
    "RateInTenths": "at rate 0.05", "AtMostHalf": "at rate 0.7",
}  # fmt: skip
"""Words of the cause for each of WRONG."""
FAULTS: dict[Layer, tuple[frozenset[str], str]] = {
    **{layer: (laws, CAUSES[layer.__name__]) for layer, laws in WRONG.items()},
    **{layer: (frozenset(laws.split()), cause) for layer, (laws, cause) in NEW.items()},
}
