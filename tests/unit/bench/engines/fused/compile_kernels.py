"""Compile every kernel for an H200 (sm_90), at the book's sizes, on a machine that need not have a GPU.

Run as a program, without TRITON_INTERPRET: the interpreter takes what the compiler refuses. Prints one line a kernel
and precision: registers a thread, bytes spilled, bytes of shared memory, instructions of the tensor cores.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from bench.base import draws
from bench.engines.fused.backward import advance_kernel, gradient_kernel, update_kernel
from bench.engines.fused.forward import hidden_kernel
from bench.engines.fused.output import mean_kernel, output_kernel
from bench.engines.fused.philox import words_kernel
from bench.engines.fused.tiles import TILES, Tile

FLOATS, COUNTS, LONGS = "*fp32", "*i32", "*i64"
TYPES = {
    "order": COUNTS, "order_of": COUNTS, "labels": COUNTS, "weight": FLOATS, "bias": FLOATS, "clock": LONGS,
    "mask_seeds": LONGS, "limits": COUNTS, "scales": FLOATS, "losses": FLOATS, "hits": "*u8", "start": "i32",
    "total": "i32", "learning_rate": "fp32", "seeds": LONGS, "epoch": LONGS, "count": "i32",
}  # fmt: skip
SIZES = [(784, 256), (256, 256), (256, 10)]


def built(kernel: Any, types: dict[str, str], constants: dict[str, Any], tile: Tile) -> Any:
    """Return a kernel, compiled."""
    names = kernel.arg_names
    signature = {name: "constexpr" if name in constants else (TYPES | types)[name] for name in names}
    places = {(names.index(name),): value for name, value in constants.items()}
    aligned = {
        (place,): [["tt.divisibility", 16]] for place, name in enumerate(names) if signature[name].startswith("*")
    }
    source = ASTSource(fn=kernel, signature=signature, constexprs=places, attrs=aligned)
    options = {"num_warps": tile.warps, "num_stages": tile.stages}
    return triton.compile(source, target=GPUTarget("cuda", 90, 32), options=options)


def report(name: str, made: Any) -> None:
    """Print one kernel."""
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(made.asm["cubin"])
        file.flush()
        program = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
        said = subprocess.run([program, "-res-usage", file.name], capture_output=True, text=True, check=True).stdout
    used = re.search(r"REG:(\d+) STACK:(\d+)", said)
    assert used is not None, said
    tensor_cores = made.asm["ptx"].count("wgmma.mma_async") + made.asm["ptx"].count("mma.sync")
    print(name, f"registers {used[1]}", f"stack {used[2]}", f"shared {made.metadata.shared}", f"mma {tensor_cores}")


def kernels() -> Iterator[tuple[str, Any]]:
    """Yield every kernel, compiled when its turn comes, under a name."""
    for precision, tiles in TILES.items():
        kept = "*bf16" if precision == "bfloat16" else FLOATS
        training, rows = precision != "tf32x3", 256 if precision != "tf32x3" else 1024
        shared = {"BATCH": rows, "PRECISION": precision}
        for layer, (inputs, outputs) in enumerate(SIZES):
            types = {"source": kept if layer else "*u8", "out": kept, "error": kept, "hidden": kept, "passed_on": kept}
            sizes = {"INPUTS": inputs, "IN_STRIDE": inputs, "STRIDE": -(-outputs // 16) * 16} | shared
            if layer < 2:
                tile = tiles.hidden.fit(rows, outputs, inputs)
                more = {"LAYER": layer, "LAYERS": 2, "OUTPUTS": outputs, "STREAM": draws.stream_key("dropout")}
                more |= {"TRAINING": training, "M": tile.m, "N": tile.n, "DEPTH": tile.depth}
                yield f"{precision} hidden {layer}", built(hidden_kernel, types, sizes | more, tile)
            else:
                tile = tiles.output.fit(rows, outputs, inputs)
                more = {"LAYER": layer, "CLASSES": outputs, "TRAINING": training}
                more |= {"M": tile.m, "C": tile.n, "DEPTH": tile.depth}
                yield f"{precision} output", built(output_kernel, types, sizes | more, tile)
            if training and layer == 1:
                tile = tiles.gradient.fit(rows, inputs, outputs)
                more = {"LAYER": layer, "LAYERS": 2, "OUTPUTS": outputs, "M": tile.m, "N": tile.n, "DEPTH": tile.depth}
                yield f"{precision} gradient", built(gradient_kernel, types, sizes | more, tile)
            if training:
                tile = tiles.update.fit(inputs, outputs, rows)
                more = {"LAYER": layer, "OUTPUTS": outputs, "M": tile.m, "N": tile.n, "DEPTH": tile.depth}
                yield f"{precision} update {layer}", built(update_kernel, types, sizes | more, tile)
    any_tile = Tile(1, 1, 1, warps=4, stages=3)
    yield "words", built(words_kernel, {"out": LONGS}, {"STREAM": draws.stream_key("order"), "BLOCKS": 256}, any_tile)
    yield "mean", built(mean_kernel, {"out": "*fp64"}, {"TOTAL": 60_000, "BLOCK": 1024}, any_tile)
    yield "advance", built(advance_kernel, {}, {}, any_tile)


if __name__ == "__main__":
    for name, made in kernels():
        report(name, made)
