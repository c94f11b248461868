"""Names that no table may have are refused at the import, and not printed as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.cli import main


@pytest.mark.parametrize(
    ("role", "row"), [("condition", "no\x1b[31mx,0"), ("condition", "no\u202ex,0"), ("seed", "none,s\x1b[31m0")]
)
def test_a_name_that_would_steer_a_terminal_is_refused(
    role: str, row: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "long.csv", tmp_path / "out.csv"
    seed = "1" if role == "condition" else "s1"
    path.write_text(
        f"method,seed,metric,value\nnone,{seed},acc,0.5\nhalf,{seed},acc,0.6\n{row},acc,0.7\n", encoding="utf-8"
    )
    assert main(["import", "long", str(path), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert f"{role} '" in said and "allowed: a name without control characters" in said
    assert "\x1b" not in said and "\u202e" not in said
    assert not out.exists()
