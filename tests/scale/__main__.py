"""Make a folder of 8 x SEEDS trials: ``python -m tests.scale SEEDS FOLDER``; then time the commands on it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.scale.fabricate import fabricate, study_text

if __name__ == "__main__":
    seeds, folder = int(sys.argv[1]), Path(sys.argv[2])
    (folder.parent / "scale.toml").write_text(study_text(seeds), encoding="utf-8")
    made = fabricate(folder, seeds)
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    print(f"{made} trials, {len(files)} files, {size / 1e6:.0f} MB, {size / made:.0f} bytes a trial")
