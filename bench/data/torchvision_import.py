"""Import torchvision beside any build of torch.

torchvision's Linux wheels are CUDA builds. Beside a CPU build of torch their operators do not load, and importing
torchvision fails because it describes two operators, nms and qnms, that then do not exist. Nothing here uses them.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from bench.base.torch_on_use import torch

_declared: list[torch.library.Library] = []
"""Keeps the declarations alive: a torch library is undone when it is collected."""


def torchvision_module(name: str) -> ModuleType:
    """Return ``torchvision.<name>``, with the missing operators declared only where they are missing."""
    try:
        return importlib.import_module(f"torchvision.{name}")
    except RuntimeError as error:
        if "operator torchvision::nms does not exist" not in str(error):
            raise
    for loaded in [module for module in sys.modules if module.split(".")[0] == "torchvision"]:
        del sys.modules[loaded]
    operators = torch.library.Library("torchvision", "FRAGMENT")
    operators.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    operators.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(operators)
    return importlib.import_module(f"torchvision.{name}")
