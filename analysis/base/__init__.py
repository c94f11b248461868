"""What every part stands on: the error of a table, and the writing of files."""
