"""The page of a run is made from its JSON alone, whatever of it is there."""

from __future__ import annotations

from typing import Any

from tests.gpu.summary import SECTIONS, render

TRAINED = {
    "copy": {"bytes_per_second": 4.3e12},
    "rows": [
        {"engine": "fused", "precision": "tf32", "stack": 528, "step_seconds": 0.001125, "bmm_step_seconds": 0.0005,
         "bmm_over_step": 0.444, "copy_over_step": 0.81, "flop_per_second": 1.455e14, "trials_per_second": 199.7,
         "trials_per_second_evaluated": 187.3},
        {"engine": "stacked", "precision": "tf32", "stack": 66, "trials_per_second": 12.3},
    ],
}  # fmt: skip


def document(rehearsal: bool, **found: Any) -> dict[str, Any]:
    key = "rehearsed_on_the_cpu" if rehearsal else "measured"
    steps = {
        name: {"step": name, "status": "done", "why": "", "seconds": 12.0, key: values}
        for name, values in found.items()
    }
    return {"rehearsal": rehearsal, "started_at": "2026-01-01T00:00:00+00:00", "steps": steps}


def test_figures_of_a_gpu_are_shown_in_their_units() -> None:
    page = render(document(False, training=TRAINED))
    assert "| fused | tf32 | 528 | 1,125.0 | 500.0 | 0.44 | 0.81 | 145.5 | 199.7 | 187.3 |" in page
    assert "A copy moves 4.300 TB/s" in page
    assert "rehearsal" not in page.lower()


def test_a_rehearsal_says_so_and_shows_no_speed() -> None:
    page = render(document(True, training=TRAINED))
    assert page.startswith("# A rehearsal without a GPU\n\n**A rehearsal on the CPU")
    assert "199.7" not in page and "1,125" not in page


def test_a_rehearsal_is_no_measurement_even_where_one_is_expected() -> None:
    """What a rehearsal found is under a key of its own: in a document of a GPU nothing of it is shown."""
    mixed = document(True, training=TRAINED) | {"rehearsal": False}
    assert "199.7" not in render(mixed)


def test_a_step_that_ended_early_is_listed_with_why() -> None:
    early = document(False, bits={}, rivals={}, study={}, kernels={}, agreement={}, suite={}, training={})
    early["steps"]["bits"] |= {"status": "timed out", "why": "not done after 25 s | 3"}
    assert "| bits | timed out | 12 | not done after 25 s \\| 3 |" in render(early)


def test_sections_take_what_a_killed_step_leaves() -> None:
    for name, section in SECTIONS.items():
        if name != "versions":
            assert section({"started": True})[0].startswith("## ")
