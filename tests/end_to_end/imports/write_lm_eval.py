"""Write results of lm-evaluation-harness into FOLDER: ``python -m tests.end_to_end.imports.write_lm_eval FOLDER``.

Its model 'dummy' answers at random; two names, two seeds, two tasks of a dozen questions. What says on which machine it
ran is taken out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TASK = """
task: {name}
dataset_path: json
dataset_kwargs: {{data_files: {{test: questions.jsonl}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_target: right
doc_to_choice: choices
metric_list: [{{metric: acc, aggregation: mean, higher_is_better: true}}]
"""
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
ABOUT_THE_MACHINE = ("pretty_env_info", "git_hash", "transformers_version", "lm_eval_version")

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        questions = [{"question": f"Number {i}?", "choices": ["a", "b"], "right": i % 2} for i in range(12)]
        Path(folder, "questions.jsonl").write_text("\n".join(map(json.dumps, questions)))
        for name in ("one", "two"):
            Path(folder, f"{name}.yaml").write_text(TASK.format(name=name))
        for model in ("small", "large"):
            for seed in (1, 2):
                command = [
                    sys.executable,
                    "-m",
                    "lm_eval",
                    "run",
                    "--model",
                    "dummy",
                    "--model_args",
                    f"pretrained={model}",
                ]
                command += ["--tasks", "one,two", "--include_path", folder, "--seed", str(seed), "--log_samples"]
                command += ["--output_path", str(Path(sys.argv[1], model).resolve())]
                subprocess.run(command, cwd=folder, env=os.environ | OFFLINE, check=True)
    for path in Path(sys.argv[1]).rglob("results_*.json"):
        found = json.loads(path.read_text())
        path.write_text(json.dumps({key: each for key, each in found.items() if key not in ABOUT_THE_MACHINE}))
