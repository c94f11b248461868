"""The regularisers that a study can name, in the order of their columns, and in which hooks of one kind act."""

from bench.regularisers.decoupled_decay import DECOUPLED_DECAY
from bench.regularisers.dropconnect import DROPCONNECT
from bench.regularisers.dropout import DROPOUT
from bench.regularisers.gaussian_dropout import GAUSSIAN_DROPOUT
from bench.regularisers.gradient_clipping import GRADIENT_CLIPPING
from bench.regularisers.input_dropout import INPUT_DROPOUT
from bench.regularisers.input_noise import INPUT_NOISE
from bench.regularisers.label_smoothing import LABEL_SMOOTHING
from bench.regularisers.max_norm import MAX_NORM
from bench.regularisers.weight_decay import WEIGHT_DECAY

REGULARISERS = {
    record.name: record
    for record in [
        DROPOUT,
        GAUSSIAN_DROPOUT,
        DROPCONNECT,
        INPUT_DROPOUT,
        INPUT_NOISE,
        LABEL_SMOOTHING,
        GRADIENT_CLIPPING,
        WEIGHT_DECAY,
        DECOUPLED_DECAY,
        MAX_NORM,
    ]
}
