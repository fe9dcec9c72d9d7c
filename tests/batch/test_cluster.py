"""The same work on a Dask cluster, with its files in an object store: equal results, though a worker is killed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pandas as pd
import pytest
from distributed import Client
from moto.server import ThreadedMotoServer
from pandas.testing import assert_frame_equal

from xlremic import Assumptions, grid
from xlremic.batch import storage
from xlremic.batch.filings import INDEX, batch
from xlremic.batch.outcome import Row
from xlremic.deal import Deal
from xlremic.errors import ClusterError, InputError
from xlremic.workers import Lost, spread

from ..commands.test_cli import xlremic
from ..conftest import SAMPLE
from ..support.many_filings import fill

ROOT = SAMPLE.parent.parent
STORE = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self.processes: list[subprocess.Popen[bytes]] = []
        mark = folder / "scheduler.json"
        self.start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(mark)
        )
        until = time.monotonic() + 30
        while not mark.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.address = next(part for part in mark.read_text().split('"') if part.startswith("tcp://"))

    def start(self, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
        with (self.folder / "log").open("ab") as log:
            running = subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=log, stderr=log)
        self.processes.append(running)
        return running

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start(
            "dask_worker", self.address, "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--host", "127.0.0.1",
        )  # fmt: skip

    def ready(self, workers: int) -> None:
        """Wait until as many workers have come, which takes a busy machine longer than a command waits."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)

    def stop(self) -> None:
        for one in reversed(self.processes):
            one.kill()
            one.wait()


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """A bucket of an S3-compatible server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**STORE, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
            patch.setenv(name, value)
        fsspec.filesystem("s3").mkdir("deals")
        yield "s3://deals"
    server.stop()


@pytest.fixture
def cluster(store: str, tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path, {name: os.environ[name] for name in (*STORE, "AWS_ENDPOINT_URL")})
    yield running
    running.stop()


def told(rows: list[Row]) -> list[Row]:
    """Rows without the folder that a path is in."""
    return [{**row, "path": Path(str(row["path"])).name} for row in rows]


@pytest.mark.real
def test_a_cluster_and_a_store_give_what_a_local_run_gives_though_a_worker_is_killed(
    store: str, cluster: Cluster, tmp_path: Path
) -> None:
    fill(tmp_path / "in", 10)
    (tmp_path / "in" / "junk.txt").write_text("junk")
    (tmp_path / "in" / "sample.txt").write_bytes(SAMPLE.read_bytes())
    for path in (tmp_path / "in").iterdir():
        storage.write(f"{store}/in/{path.name}", path.read_bytes())
    first, second = cluster.worker(), cluster.worker()
    cluster.ready(2)
    killed: list[int] = []

    def progress(done: int, number: int) -> None:
        if done >= 3 and not killed:
            first.kill()
            killed.append(number - done)

    far = batch([f"{store}/in"], f"{store}/out", cluster=cluster.address, projection=False, progress=progress)
    assert killed and killed[0] > 6 and second.poll() is None
    near = batch([str(tmp_path / "in")], tmp_path / "out", workers=2, projection=False)
    assert told(far) == told(near)
    assert storage.read(f"{store}/out/{INDEX}", 10**7).decode().replace(f"{store}/", f"{tmp_path}/") == (
        tmp_path / "out" / INDEX
    ).read_text(encoding="utf-8")
    names = {Path(path).name for path in fsspec.filesystem("s3").ls(f"{store}/out")}
    assert names == {path.name for path in (tmp_path / "out").iterdir()}
    again = batch([f"{store}/in/*.txt"], f"{store}/out", workers=1, projection=False)
    assert again == far


@pytest.mark.real
def test_a_grid_on_a_cluster_is_the_grid(cluster: Cluster, deal: Deal) -> None:
    cluster.worker()
    cluster.worker()
    cluster.ready(2)

    def swept(**how: Any) -> pd.DataFrame:
        return grid(deal, Assumptions(), compiled=False, psa=[0, 100, 300, 500], cdr=[0.0, 0.01, 0.02], **how)

    here = swept()
    assert_frame_equal(here, swept(cluster=cluster.address), check_exact=True)
    assert_frame_equal(here, swept(workers=2), check_exact=True)


def _deadly(item: int) -> int:
    if item == 3:
        os._exit(1)
    return item * item


@pytest.mark.real
def test_what_kills_every_worker_is_given_up_and_a_lost_scheduler_is_said(cluster: Cluster, tmp_path: Path) -> None:
    cluster.environment["PYTHONPATH"] += os.pathsep + str(Path(__file__).parents[2])
    for _ in range(6):
        cluster.worker()
    cluster.ready(6)
    found = dict(spread(_deadly, range(6), cluster=cluster.address))
    assert isinstance(found.pop(3), Lost)
    assert found == {k: k * k for k in range(6) if k != 3}
    (tmp_path / "in").mkdir()
    fill(tmp_path / "in", 20)

    def progress(done: int, number: int) -> None:
        if done == 3:
            cluster.processes[0].kill()

    with pytest.raises(ClusterError, match="is gone"):
        batch([str(tmp_path / "in")], tmp_path / "out", cluster=cluster.address, workbooks=False, progress=progress)
    assert len(list((tmp_path / "out" / ".xlremic").iterdir())) >= 3


@pytest.mark.real
def test_no_scheduler_and_no_store_are_said_by_name(store: str, tmp_path: Path) -> None:
    done = xlremic("batch", SAMPLE, "-o", tmp_path / "out", "--no-workbooks", "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 3 and "no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    for place in (f"{store}/nothing/", f"{store}/none*.txt", "nosuchstore://x/y", "s3://no-such-bucket/x*"):
        with pytest.raises(InputError):
            batch([place], tmp_path / "out")
    (row,) = batch([f"{store}/missing.txt"], tmp_path / "out")
    assert row["status"] == "refused" and "missing.txt cannot be read" in str(row["reason"])
