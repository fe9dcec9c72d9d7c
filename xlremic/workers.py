"""One function over many items: here, in processes of this computer, or on a Dask cluster.

Results come as they are finished, each with the number of its item. A worker that dies costs nobody else anything:
its item is tried again, and only what kills a second worker is given up, as ``Lost``. No wait is without an end.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from math import inf
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from .errors import ClusterError, InputError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""Items in flight for each thread of a cluster: enough to keep it busy, few enough to keep memory flat."""
PATIENCE = 10  # seconds for a cluster to answer, and to have a worker
LONGEST = 900.0
"""Seconds that one item may take in a process of this computer; what takes longer is taken for dead."""


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no result, since the workers that had the item died."""

    reason: str = "the process that worked on it died or did not end, twice"


def spread(
    function: Callable[[T], R], items: Iterable[T], *, workers: int = 1, cluster: str | None = None
) -> Iterator[tuple[int, R | Lost]]:
    """Number and result of every item, in the order in which they are finished.

    Args:
        function: importable by its name, as are its argument and result: other processes call it.
        items: drawn as workers become free.
        workers: processes of this computer; 1 works in this process.
        cluster: address of a Dask scheduler, instead of processes here.
    Raises: what ``function`` raises; ClusterError if the cluster does not answer or is lost.
    """
    if cluster is not None:
        yield from _on_cluster(function, items, cluster)
    elif workers <= 1:
        yield from ((number, function(item)) for number, item in enumerate(items))
    else:
        yield from _in_processes(function, items, workers)


class _Worker(Generic[T, R]):
    """A process with a pipe of its own: there is no lock or queue that one could hold while it dies."""

    def __init__(self, function: Callable[[T], R]) -> None:
        context = multiprocessing.get_context(
            "spawn"
        )  # a fresh process, not a copy of this one, which may have threads
        self.pipe, its_end = context.Pipe()
        self.process = context.Process(target=_serve, args=(function, its_end), daemon=True)
        self.process.start()
        its_end.close()  # so that the pipe ends when the process does
        self.job: tuple[int, T] | None = None
        self.until = inf
        """When its patience is over: a time of the monotonic clock."""

    def begin(self, job: tuple[int, T]) -> None:
        self.job, self.until = job, time.monotonic() + LONGEST
        with suppress(OSError):  # it has died, which its pipe tells to who waits for it
            self.pipe.send(job[1])

    def answer(self) -> tuple[bool, Any] | None:
        """Whether the function ended well, and its result or error; ``None`` if the process died or took too long."""
        try:
            return cast("tuple[bool, Any]", self.pipe.recv()) if self.pipe.poll() else None
        except (EOFError, OSError):
            return None

    def end(self) -> None:
        """Let it go: without a pipe it ends by itself when it is idle, and is ended when it is not."""
        self.pipe.close()
        self.process.join(0 if self.job else PATIENCE)
        self.process.kill()
        self.process.join()


def _serve(function: Callable[[T], R], pipe: "Connection[Any, Any]") -> None:
    """In a worker: answer items until there are no more. Interrupts are its parent's, and it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()
    with suppress(EOFError, OSError):  # the parent has closed the pipe, or died
        while True:
            item = pipe.recv()
            try:
                answer: tuple[bool, Any] = True, function(item)
            except Exception as error:  # noqa: BLE001 - the parent raises it
                answer = False, error
            pipe.send(answer)


def _in_processes(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[tuple[int, R | Lost]]:
    """Each process has one item at a time, so it is known what a dead one had: that is done again, once."""
    waiting = enumerate(items)
    again: list[tuple[int, T]] = []
    once: set[int] = set()
    idle: list[_Worker[T, R]] = []
    busy: list[_Worker[T, R]] = []
    try:
        while True:
            while len(busy) < workers and (job := again.pop() if again else next(waiting, None)) is not None:
                worker = idle.pop() if idle else _Worker(function)
                busy.append(worker)
                worker.begin(job)
            if not busy:
                return
            for worker in _ended(busy):
                busy.remove(worker)
                (number, item), answer = cast("tuple[int, T]", worker.job), worker.answer()
                if answer is None:
                    worker.end()
                    if number in once:
                        yield number, Lost()
                    else:
                        once.add(number)
                        again.append((number, item))
                    continue
                worker.job = None
                idle.append(worker)
                done, result = answer
                if not done:
                    raise result
                yield number, result
    finally:
        for worker in (*busy, *idle):
            worker.end()


def _ended(busy: Sequence[_Worker[T, R]]) -> list[_Worker[T, R]]:
    """Wait until some have an answer, have died, or have taken too long."""
    patience = min(worker.until for worker in busy) - time.monotonic()
    ready = wait([worker.pipe for worker in busy], max(0.0, patience))
    now = time.monotonic()
    return [worker for worker in busy if worker.pipe in ready or worker.until <= now]


def _on_cluster(function: Callable[[T], R], items: Iterable[T], address: str) -> Iterator[tuple[int, R | Lost]]:
    try:
        from distributed import CancelledError, Client, KilledWorker, as_completed  # noqa: PLC0415 - an extra
        from distributed.comm.core import CommClosedError  # noqa: PLC0415
    except ImportError:
        raise InputError("a cluster needs more libraries: pip install 'xlremic[cluster]'") from None

    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {address}: {error}; start one, or leave out --cluster"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise ClusterError(
                f"the Dask scheduler at {address} has no workers; start `dask worker {address}`"
            ) from None
        waiting, numbers = enumerate(items), dict[Any, int]()

        def sent(number: int, item: T) -> Any:
            future = client.submit(function, item, pure=False)
            numbers[future.key] = number
            return future

        threads = sum(client.nthreads().values())
        running = as_completed([sent(*one) for one in islice(waiting, AHEAD * threads)], loop=client.loop)
        for future in running:
            number = numbers.pop(future.key)
            try:
                result: R | Lost = future.result()
            except KilledWorker:
                result = Lost("the workers of the cluster that had it died")
            except (CommClosedError, CancelledError) as error:
                raise ClusterError(
                    f"the Dask scheduler at {address} is gone; what is finished is kept: run it again"
                ) from error
            yield number, result
            if (following := next(waiting, None)) is not None:
                running.add(sent(*following))
