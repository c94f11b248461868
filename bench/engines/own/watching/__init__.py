"""Instruments that note what a training does, in its own process: networks, batches, random numbers, modes."""
