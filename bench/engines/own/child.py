"""The process of one trial: it is given its job on a socket, and sends its epochs and its answer."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection

from threadpoolctl import threadpool_limits

from bench.engines.own import command, function
from bench.engines.own.job import EPOCH, Answer, Job

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main(handle: int) -> None:
    """Do one job, and end this process."""
    pipe = Connection(handle)
    job: Job = pipe.recv()
    os.chdir(job.experiment.folder)
    if job.visible is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = job.visible
    limit_threads(job.experiment.cpus)
    job.folder.mkdir(parents=True, exist_ok=True)
    answer = command.perform(job) if job.experiment.command else function.perform(job, lambda: pipe.send(EPOCH))
    for each in (sys.stdout, sys.stderr):
        each.flush()
    _send(pipe, answer)
    os._exit(0)


def _send(pipe: Connection, answer: Answer) -> None:
    try:
        pipe.send(answer)
    except (TypeError, ValueError, AttributeError) as error:  # what was given back cannot travel
        pipe.send(Answer(error=f"{type(error).__name__}: {error}"))


def limit_threads(number: int) -> None:
    """Let this process compute with as many threads as it has cores."""
    started_so = all(os.environ.get(name) == str(number) for name in THREADS)
    if not started_so:  # looking for every library that has threads takes 10 ms
        os.environ.update(dict.fromkeys(THREADS, str(number)))
        threadpool_limits(limits=number)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(number)
