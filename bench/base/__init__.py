"""What every part stands on: counter-based random numbers, number formats, threads, files, errors."""
