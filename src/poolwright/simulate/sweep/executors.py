"""Who runs the jobs: threads here, or a Dask cluster. Jobs are taken as workers come free; rows come as they finish."""

from __future__ import annotations

import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import Any

from poolwright.errors import PoolwrightError
from poolwright.extras import require
from poolwright.simulate.sweep.job import Job, Row, Workload, run_job

Run = Callable[[Iterable[Job]], Iterator[Row]]
# Jobs waiting per worker beside the one that it runs: enough that none is idle, few enough to hold no memory.
AHEAD = 2
# Seconds between two looks at Ctrl-C.
LOOK = 0.1


@contextmanager
def threads(work: Workload, workers: int) -> Iterator[Run]:
    """Run on threads of this process; Ctrl-C stops what runs within a few milliseconds."""
    with _interruptible() as stop, ThreadPoolExecutor(workers, thread_name_prefix="sweep") as pool:
        try:
            yield lambda jobs: _as_finished(
                pool, jobs, workers * AHEAD, lambda job: (run_job, work, job, stop.is_set), stop
            )
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def cluster(work: Workload, scheduler: str) -> Iterator[Run]:
    """Run on the workers of a Dask scheduler; what a lost worker had is run again by the others."""
    distributed, cloudpickle = require("distributed", "cluster"), require("cloudpickle", "cluster")
    try:
        client = distributed.Client(scheduler, set_as_default=False, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        raise PoolwrightError(
            f"{scheduler}: no Dask scheduler answers there. Start one, or leave --scheduler out."
        ) from error
    with client, _interruptible() as stop:
        slots = sum(client.nthreads().values())
        # A task rather than scattered data: when the worker that holds it dies, it is made again.
        shared = client.submit(pickle.loads, cloudpickle.dumps(work), pure=False)
        with client.get_executor(pure=False) as pool:
            yield lambda jobs: _as_finished(
                pool, jobs, max(slots, 1) * AHEAD, lambda job: (run_job, shared, job), stop
            )


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """Turn Ctrl-C into an event that is looked at between two runs, where nothing is half written.

    A second Ctrl-C interrupts at once.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def note(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _as_finished(
    pool: Executor,
    jobs: Iterable[Job],
    limit: int,
    call: Callable[[Job], tuple[Any, ...]],
    stop: threading.Event,
) -> Iterator[Row]:
    """Keep `limit` jobs under way; when one fails or Ctrl-C was pressed, hand out what had finished first."""
    waiting: set[Future[Row]] = set()
    queue = iter(jobs)
    more = True
    while more or waiting:
        while more and len(waiting) < limit:
            job = next(queue, None)
            if job is None:
                more = False
            else:
                function, *arguments = call(job)
                waiting.add(pool.submit(function, *arguments))
        done, waiting = wait(waiting, timeout=LOOK, return_when=FIRST_COMPLETED)
        failed = [future for future in done if future.exception() is not None]
        for future in done.difference(failed):
            yield future.result()
        if stop.is_set():
            raise KeyboardInterrupt
        for future in failed:
            future.result()
