"""Take one step: ``python -m tests.gpu.steps NAME WHOLE FOLDER --limit SECONDS [--rehearse]``."""

from __future__ import annotations

import argparse
import sys
import traceback
from importlib import import_module
from pathlib import Path

from tests.gpu.note import DONE, FAILED, SKIPPED, STOP_CODE, Note, SkipError, StopError, WrongError


def main() -> int:
    """Return the exit code: 0 done or skipped, 1 failed, 2 where no further step is worth taking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("whole", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=float, required=True)
    parser.add_argument("--rehearse", action="store_true")
    options = parser.parse_args()
    note = Note(options.name, options.whole, options.folder, options.rehearse, options.limit)
    try:
        import_module(f"tests.gpu.steps.{options.name}").take(note)
    except SkipError as why:
        note.end(SKIPPED, str(why))
        return 0
    except StopError as why:
        note.end(FAILED, str(why))
        return STOP_CODE
    except WrongError as why:
        note.end(FAILED, str(why))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever a step raises is what it found
        traceback.print_exc()
        note.end(FAILED, f"{type(error).__name__}: {error}")
        return 1
    note.end(DONE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
