"""Write the golden numbers of what is new or has a new version: ``make golden``.

Exit codes: 0 done, 2 refused: numbers moved while no version did. Then nothing is written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bench.base.threads import single_thread
from tests.golden.everything import GOLDENS
from tests.golden.golden import Golden
from tests.golden.recorded import FILE, Entry, moved, named, raised, read, shown, write

DONE, REFUSED = 0, 2


def main(goldens: Sequence[Golden] = GOLDENS, file: Path = FILE) -> int:
    """Bring the file up to date; refuse where a golden moved and none of its versions was raised."""
    before = read(file)
    after, written, refusals = {}, [], []
    for golden in goldens:
        entry = before.get(golden.name)
        try:
            new = entry is None or raised(golden, entry)
        except ValueError as error:
            refusals.append(str(error))
            continue
        if lacking := golden.absent():
            print(f"not computed: {golden.name} ({lacking})")
            if entry and new:
                refusals.append(f"{golden.name}: its version was raised, and it cannot be computed here: {lacking}")
            if entry:
                after[golden.name] = entry
            continue
        numbers = golden.compute()
        if entry and not new:
            after[golden.name] = entry
            if lines := moved(golden, entry, numbers):
                refusals.append(shown(golden, lines))
        else:
            after[golden.name] = Entry(dict(golden.versions), numbers)
            written.append(golden.name)
    if refusals:
        print("\n".join(refusals), f"refused: nothing is written to {named(file)}", sep="\n", file=sys.stderr)
        return REFUSED
    gone = sorted(before.keys() - after.keys())
    if written or gone:
        write(after, file)
    print(*(f"written: {name}" for name in written), *(f"removed: {name}" for name in gone), sep="\n")
    print(f"{named(file)}: {len(written)} written, {len(gone)} removed, {len(after) - len(written)} as before")
    return DONE


if __name__ == "__main__":
    single_thread()
    sys.exit(main())
