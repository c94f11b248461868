"""What a machine's self-test allows: on which targets anything may be trained, and how wide a stack may be."""

from __future__ import annotations

import sys
from typing import Any


def untrusted(provenance: dict[str, Any]) -> dict[str, str]:
    """Return the targets on which nothing may be trained, since the fused engine does not do what it must, and why."""
    return {
        target: f"on {target} the fused engine does not do what the stacked one does, so nothing is trained there;"
        f" uninstall Triton to have the stacked one. Self-test: {found['fused']}"
        for target, found in provenance["self_test"].items()
        if not found.get("fused", {"agree": True})["agree"]
    }


def widest(provenance: dict[str, Any]) -> dict[str, int | None]:
    """Return how many trials a stack may have on each target, None for as many as serve.

    A network in a stack must be the same to the bit as alone; a warning says where it is not.
    """
    found_most: dict[str, int | None] = {}
    for target, found in provenance["self_test"].items():
        if "fused" in found:
            found_most[target] = found["fused"]["capacity"]
            continue
        found_most[target] = None if found["stack_slices_equal"] else 1
        if not found["stack_slices_equal"]:
            print(
                f"warning: on {target} a network in a stack is not the same to the bit as alone, at this study's sizes:"
                " each trial is trained by itself, which is slower",
                file=sys.stderr,
            )
    return found_most
