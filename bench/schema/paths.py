"""Where a results folder has what: names of its files and folders."""

from __future__ import annotations

TRIALS_FOLDER, CURVES_FOLDER, ENVIRONMENT_FOLDER = "trials", "curves", "environment"
THROUGHPUT_FOLDER = "throughput"
PACKED_FILE = "packed.parquet"
"""In the folders of trials and curves: many trials in one file, written when a folder is packed."""
PLAN_FILE, STUDY_FILE, PLANS_LOG = "plan.json", "study.toml", "plans.jsonl"
REHEARSAL_FILE = "rehearsal.json"
"""Which laws of paired, repeatable trainings a study's own training code breaks."""
PLUGINS_FOLDER, CODE_FOLDER, LOGS_FOLDER = "plugins", "code", "logs"
"""What a study was run with of its user's own code stays with its results."""
