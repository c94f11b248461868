"""What is shown of what Ray prints, without Ray itself."""

from __future__ import annotations

import io
import threading

import pytest

from bench.run.executors.on_ray.chatter import LOGS, MOST, WIDEST, Chatter


def said_by(thread: str, *texts: str) -> str:
    """Return what becomes of texts that a thread of this name prints."""
    shown = io.StringIO()
    stream = Chatter(shown)

    def speak() -> None:
        for text in texts:
            print(text, file=stream, flush=True)

    speaker = threading.Thread(target=speak, name=thread)
    speaker.start()
    speaker.join()
    return shown.getvalue()


def test_of_what_ray_prints_the_first_line_is_shown_and_once() -> None:
    message = "(raylet) Raylet is terminated.\n" + 100 * "    [state-dump] a line of its log\n"
    long = f"(raylet) no room for a task{'.' * WIDEST}"
    shown = said_by("ray_listen_error_messages", message, "\n", long, message)
    assert shown == f"(raylet) Raylet is terminated.\n{long[:WIDEST]}\n"


@pytest.mark.parametrize(("messages", "last"), [(MOST, f"node {MOST - 1} is dead"), (100 * MOST, LOGS)])
def test_messages_of_ray_that_differ_are_limited_and_the_last_says_where_the_others_are(
    messages: int, last: str
) -> None:
    shown = said_by("ray_print_logs", *(f"node {number} is dead" for number in range(messages))).splitlines()
    assert (len(shown), shown[-1]) == (min(messages, MOST + 1), last)


def test_what_others_print_is_shown_whole() -> None:
    texts = [f"{'a line' * WIDEST}\nand another"] * 2 * MOST
    assert said_by("mine", *texts) == "".join(f"{text}\n" for text in texts)
