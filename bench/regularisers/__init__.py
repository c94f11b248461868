"""The regularisers that a study can name, in the order of their columns, and in which hooks of one kind act."""

from bench.regularisers.cutout import CUTOUT
from bench.regularisers.decoupled_decay import DECOUPLED_DECAY
from bench.regularisers.dropconnect import DROPCONNECT
from bench.regularisers.dropout import DROPOUT
from bench.regularisers.early_dropout import EARLY_DROPOUT
from bench.regularisers.early_stopping import EARLY_STOPPING
from bench.regularisers.ema import EMA
from bench.regularisers.fixed_mask import FIXED_MASK
from bench.regularisers.flip import FLIP
from bench.regularisers.gaussian_dropout import GAUSSIAN_DROPOUT
from bench.regularisers.gradient_clipping import GRADIENT_CLIPPING
from bench.regularisers.gradient_noise import GRADIENT_NOISE
from bench.regularisers.input_dropout import INPUT_DROPOUT
from bench.regularisers.input_noise import INPUT_NOISE
from bench.regularisers.l1 import L1
from bench.regularisers.label_smoothing import LABEL_SMOOTHING
from bench.regularisers.late_dropout import LATE_DROPOUT
from bench.regularisers.linear_dropout import LINEAR_DROPOUT
from bench.regularisers.max_norm import MAX_NORM
from bench.regularisers.mixup import MIXUP
from bench.regularisers.sam import SAM
from bench.regularisers.shift import SHIFT
from bench.regularisers.swa import SWA
from bench.regularisers.test_passes import TEST_PASSES
from bench.regularisers.three_point_noise import THREE_POINT_NOISE
from bench.regularisers.uniform_noise import UNIFORM_NOISE
from bench.regularisers.weight_decay import WEIGHT_DECAY

REGULARISERS = {
    record.name: record
    for record in [
        DROPOUT,
        GAUSSIAN_DROPOUT,
        UNIFORM_NOISE,
        THREE_POINT_NOISE,
        FIXED_MASK,
        EARLY_DROPOUT,
        LATE_DROPOUT,
        LINEAR_DROPOUT,
        DROPCONNECT,
        SHIFT,
        FLIP,
        CUTOUT,
        INPUT_DROPOUT,
        INPUT_NOISE,
        MIXUP,
        LABEL_SMOOTHING,
        SAM,
        GRADIENT_CLIPPING,
        GRADIENT_NOISE,
        WEIGHT_DECAY,
        L1,
        DECOUPLED_DECAY,
        MAX_NORM,
        EMA,
        SWA,
        EARLY_STOPPING,
        TEST_PASSES,
    ]
}
