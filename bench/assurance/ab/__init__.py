"""Any repository's command at two commits: the gate's schedule and judging, on what the command takes or prints."""
