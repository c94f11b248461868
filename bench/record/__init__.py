"""What is kept of a trial: its identity, its outcome, its row, and the folder that holds them."""
