"""One step a file: each has a function ``take(note)`` that measures, and keeps what it finds in the note as it goes."""
