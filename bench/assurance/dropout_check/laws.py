"""The laws of dropout, in the order in which they are told."""

from bench.assurance.dropout_check.device import DEVICE_LAWS
from bench.assurance.dropout_check.ends import END_LAWS
from bench.assurance.dropout_check.everywhere import EVERYWHERE_LAWS
from bench.assurance.dropout_check.form import FORM_LAWS
from bench.assurance.dropout_check.gradient import GRADIENT_LAWS
from bench.assurance.dropout_check.independence import INDEPENDENCE_LAWS
from bench.assurance.dropout_check.rates import RATE_LAWS
from bench.assurance.dropout_check.switch import SWITCH_LAWS
from bench.assurance.dropout_check.values import VALUE_LAWS

LAWS = (
    *RATE_LAWS,
    *VALUE_LAWS,
    *INDEPENDENCE_LAWS,
    *GRADIENT_LAWS,
    *SWITCH_LAWS,
    *END_LAWS,
    *FORM_LAWS,
    *EVERYWHERE_LAWS,
    *DEVICE_LAWS,
)
