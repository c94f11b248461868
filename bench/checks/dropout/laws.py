"""The laws of dropout, in the order in which they are told."""

from bench.checks.dropout.channels import CHANNEL_LAWS
from bench.checks.dropout.device import DEVICE_LAWS
from bench.checks.dropout.ends import END_LAWS
from bench.checks.dropout.everywhere import EVERYWHERE_LAWS
from bench.checks.dropout.form import FORM_LAWS
from bench.checks.dropout.gradient import GRADIENT_LAWS
from bench.checks.dropout.independence import INDEPENDENCE_LAWS
from bench.checks.dropout.layouts import LAYOUT_LAWS
from bench.checks.dropout.rates import RATE_LAWS
from bench.checks.dropout.running import RUNNING_LAWS
from bench.checks.dropout.switch import SWITCH_LAWS
from bench.checks.dropout.values import VALUE_LAWS

LAWS = (
    *RATE_LAWS,
    *VALUE_LAWS,
    *INDEPENDENCE_LAWS,
    *CHANNEL_LAWS,
    *GRADIENT_LAWS,
    *SWITCH_LAWS,
    *END_LAWS,
    *FORM_LAWS,
    *EVERYWHERE_LAWS,
    *LAYOUT_LAWS,
    *RUNNING_LAWS,
    *DEVICE_LAWS,
)
