"""The regularisers that a study can name, in the order of their columns."""

from bench.regularisers.dropout import DROPOUT

REGULARISERS = {record.name: record for record in [DROPOUT]}
