"""Make an environment that has what this Python has, and wheels from a folder besides: wheels.py FOLDER ENVIRONMENT.

Run as a file, before anything is installed. A Python that is itself in an environment hands down its own packages by a
.pth file: ``--system-site-packages`` alone gives those of the Python beneath it.
"""

from __future__ import annotations

import site
import subprocess
import sys
import venv
from pathlib import Path


def main(wheels: Path, environment: Path) -> str | None:
    """Return what is wrong, if anything is."""
    files = sorted(wheels.glob("*.whl"))
    if not files:
        return f"WHEELS={wheels}: no wheel lies there. Carry some, or unset WHEELS."
    venv.create(environment, system_site_packages=True, with_pip=False)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = environment / "lib" / version / "site-packages"
    (packages / "parent.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    command += ["--no-deps", "--no-compile", "--ignore-installed", "--target", str(packages), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"WHEELS={wheels}: {done.stderr.strip()}" if done.returncode else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
