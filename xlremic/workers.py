"""One function over many items: here, in processes of this computer, or on a Dask cluster.

Results come as they are finished, each with the number of its item. A worker that dies costs at most its own item:
what it may have worked on is tried again, and only what kills a second worker is given up, as ``Lost``.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from .errors import ClusterError, InputError

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""Items in flight for each worker: enough to keep it busy, few enough to keep memory flat."""
PATIENCE = 10  # seconds for a cluster to answer, and to have a worker


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no result, since the workers that had the item died."""

    reason: str = "the process that worked on it died, twice"


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


def _pool(workers: int) -> ProcessPoolExecutor:
    # Fresh processes, not copies of this one, which may have threads.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """A worker leaves an interrupt to the process that it works for, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


def _in_processes(function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[tuple[int, R | Lost]]:
    waiting = enumerate(items)
    while left := (yield from _until_broken(function, waiting, workers)):
        yield from _one_by_one(function, left)


def _one_by_one(function: Callable[[T], R], left: Iterable[tuple[int, T]]) -> Iterator[tuple[int, R | Lost]]:
    """Each alone and at most twice, since which of them killed the process is not known."""
    pool = _pool(1)
    try:
        for number, item in left:
            result: R | Lost = Lost()
            for _ in range(2):
                try:
                    result = pool.submit(function, item).result()
                    break
                except BrokenProcessPool:
                    pool = _pool(1)
            yield number, result
    finally:
        pool.shutdown(cancel_futures=True)


def _until_broken(
    function: Callable[[T], R], waiting: Iterator[tuple[int, T]], workers: int
) -> Generator[tuple[int, R | Lost], None, list[tuple[int, T]]]:
    """Work until all is done or a process dies; returns what was in flight then."""
    pool = _pool(workers)
    running: dict[Future[R], tuple[int, T]] = {}
    unsent: list[tuple[int, T]] = []

    def send(number: int, item: T) -> None:
        try:
            running[pool.submit(function, item)] = number, item
        except BrokenProcessPool:
            unsent.append((number, item))

    try:
        for number, item in islice(waiting, AHEAD * workers):
            send(number, item)
        while running and not unsent:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                if isinstance(future.exception(), BrokenProcessPool):
                    unsent.append(running.pop(future))
                    continue
                number, _ = running.pop(future)
                yield number, future.result()
                if not unsent and (following := next(waiting, None)) is not None:
                    send(*following)
        for future, (number, item) in running.items():
            if future.done() and future.exception() is None:
                yield number, future.result()
            else:
                unsent.append((number, item))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return sorted(unsent, key=lambda one: one[0])


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
