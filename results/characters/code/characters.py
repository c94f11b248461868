"""A character transformer (two layers, 64 wide, context 64) on the Jargon File, with dropout at a rate."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from bench.data import data_root, sources

if TYPE_CHECKING:
    from bench.engines.own.trial import Trial

PACKAGE, MEMBER = "jargon-text", "usr/share/doc/jargon-text/jargon.txt.gz"
SHA256 = "fcaa76e4c2ebdf90c6557524b9430373dc49d1a26462ef30f43c0ace70a25a3a"
START, TRAIN_WINDOWS, TEST_WINDOWS, CONTEXT = 400_000, 512, 256, 64
"""Characters of the text before the training windows, which the test windows follow."""
WIDTH, HEADS, LAYERS = 64, 4, 2


def windows(archive: bytes) -> tuple[torch.Tensor, int]:
    """Return the text from `START` on in windows of `CONTEXT` + 1 characters as numbers, and how many there are."""
    text = gzip.decompress(archive).decode()
    number = {character: place for place, character in enumerate(sorted(set(text)))}
    wanted = (TRAIN_WINDOWS + TEST_WINDOWS) * CONTEXT + 1
    tokens = torch.tensor([number[character] for character in text[START : START + wanted]])
    return tokens.unfold(0, CONTEXT + 1, CONTEXT), len(number)


WINDOWS, VOCABULARY = windows(
    sources.kept(data_root() / "jargon.txt.gz", SHA256, lambda: sources.file_of_debian_package(PACKAGE, MEMBER))
)
"""Loaded once: trials are forked from the process that has it."""


class Block(nn.Module):
    """A layer of the transformer, normalised first; dropout on the attention weights and on what each half adds."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.rate, self.dropout = dropout, nn.Dropout(dropout)
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention, self.projection = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.perceptron = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the hidden states `[B, CONTEXT, WIDTH]` with what attention and perceptron add."""
        shape = (*hidden.shape[:2], HEADS, WIDTH // HEADS)
        queries, keys, values = (
            part.reshape(shape).transpose(1, 2) for part in self.attention(self.norm1(hidden)).chunk(3, dim=-1)
        )
        rate = self.rate if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(queries, keys, values, dropout_p=rate, is_causal=True)
        hidden = hidden + self.dropout(self.projection(mixed.transpose(1, 2).flatten(2)))
        return hidden + self.dropout(self.perceptron(self.norm2(hidden)))


class Transformer(nn.Module):
    """Characters `[B, CONTEXT]` to logits of the next ones `[B, CONTEXT, VOCABULARY]`."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.characters, self.places = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.body = nn.Sequential(nn.Dropout(dropout), *(Block(dropout) for _ in range(LAYERS)), nn.LayerNorm(WIDTH))
        self.output = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, characters: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        return self.output(self.body(self.characters(characters) + self.places.weight))


def bits(model: nn.Module, batch: torch.Tensor) -> torch.Tensor:
    """Return the mean bits per character of windows."""
    logits = model(batch[:, :-1])
    return functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten()) / math.log(2)


def train(trial: Trial) -> dict[str, Any]:
    """Train by AdamW with a cosine schedule, and keep each epoch's end: a trial that is killed goes on from there."""
    settings, windows, held_out = trial.settings, WINDOWS[:TRAIN_WINDOWS], WINDOWS[TRAIN_WINDOWS:]
    with trial.random("init"):
        model = Transformer(settings["dropout"])
    optimiser = torch.optim.AdamW(model.parameters(), settings["learning_rate"])
    steps = settings["epochs"] * math.ceil(len(windows) / settings["batch_size"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    parts = {"model": model, "optimiser": optimiser, "schedule": schedule}
    for name, state in (trial.restored() or {}).items():
        parts[name].load_state_dict(state)
    for epoch in range(len(trial.curve), settings["epochs"]):
        total = 0.0
        order = torch.randperm(len(windows), generator=trial.generator("order", epoch))
        with trial.random("mask", epoch):
            for batch in order.split(settings["batch_size"]):
                loss = bits(model, windows[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                schedule.step()
                total += loss.item() * len(batch)
        trial.epoch(running_bits_per_character=total / len(windows))
        trial.save({name: each.state_dict() for name, each in parts.items()})
    model.eval()
    with torch.no_grad():
        found = bits(model, held_out).item()
    return {
        "bits_per_character": found,
        "test_correct": trial.correct(model, held_out[:, :-1], held_out[:, 1:]).flatten(),
        "train_correct": trial.correct(model, windows[:, :-1], windows[:, 1:]).flatten(),
        "data_hash": SHA256[:16],
    }
