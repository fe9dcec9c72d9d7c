"""Files written whole: what is replaced, what a killed process leaves, who may change a file."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from xlremic import files
from xlremic.errors import InputError
from xlremic.files import TEMPORARY, alone, keep, write_whole

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(os.name == "nt", reason="devices, pipes, limits and kill -9 are POSIX")


def another(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process of ours, running once it has said so."""
    words = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(TEMPORARY[0])]


@pytest.fixture(autouse=True)
def _as_a_new_process() -> None:
    files.take_away_left.cache_clear()


def test_a_device_is_refused_and_stays(tmp_path: Path) -> None:
    link = tmp_path / "out.xlsx"  # a link, so that a mistake costs the link and not this computer's device
    link.symlink_to("/dev/null")
    with pytest.raises(InputError, match="is a device"):
        write_whole(link, b"new")
    assert link.is_symlink() and stat.S_ISCHR(link.stat().st_mode)


def test_a_pipe_and_a_folder_are_refused_and_stay(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for kind in ("pipe", "folder"):
        with pytest.raises(InputError, match=f"is a {kind}"):
            write_whole(tmp_path / kind, b"new")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode) and (tmp_path / "folder").is_dir()


def test_a_link_that_leads_to_itself_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("out")
    with pytest.raises(InputError, match="leads back to itself"):
        write_whole(tmp_path / "out", b"new")
    assert (tmp_path / "out").is_symlink()


def test_a_link_stays_and_the_file_that_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "shelf" / "deal.xlsx")
    for content in (b"first", b"second"):
        write_whole(tmp_path / "link.xlsx", content)
        assert (tmp_path / "link.xlsx").is_symlink()
        assert (tmp_path / "shelf" / "deal.xlsx").read_bytes() == content


def test_a_replaced_file_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    write_whole(path, b"first", mode=0o600)
    write_whole(path, b"second")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["ä €.xlsx", "a" * 250, "new\nline.xlsx", "'; rm -rf.xlsx", "*[a]?.xlsx", "-o.xlsx"])
def test_any_name_that_the_system_takes_can_be_written(tmp_path: Path, name: str) -> None:
    write_whole(tmp_path / name, b"data")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a" * 300, "no\0name", "folder/that/is/not.xlsx"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_whole(tmp_path / name, b"data")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deal.xlsx").write_bytes(b"old")
    code = """
import resource, sys, pathlib
from xlremic.errors import InputError
from xlremic.files import write_whole
print("running", flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(pathlib.Path(sys.argv[1]), bytes(100_000))
except InputError as error:
    print(error)
"""
    limited = another(code, tmp_path / "deal.xlsx")
    with limited:
        assert limited.stdout is not None
        assert "cannot be written: File too large" in limited.stdout.read()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("deal.xlsx", b"old")]


WRITING = """
import sys, time, pathlib
from xlremic.files import _temporary
with _temporary(pathlib.Path(sys.argv[1])):
    print("running", flush=True)
    time.sleep(600)
"""


def test_what_dead_processes_left_is_taken_away_and_what_living_ones_write_is_not(tmp_path: Path) -> None:
    dead, living = another(WRITING, tmp_path), another(WRITING, tmp_path)
    killed(dead)
    assert len(left_in(tmp_path)) == 2
    write_whole(tmp_path / "deal.xlsx", b"new")
    assert len(left_in(tmp_path)) == 1
    killed(living)
    files.take_away_left.cache_clear()
    write_whole(tmp_path / "deal.xlsx", b"newer")
    assert [path.name for path in tmp_path.iterdir()] == ["deal.xlsx"]


def test_the_version_before_never_overwrites_an_older_one(tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    kept = [keep(path, content).name for content in (b"1st", b"2nd", b"3rd")]
    assert kept == ["deal.backup.xlsx", "deal.backup2.xlsx", "deal.backup3.xlsx"]
    assert [(tmp_path / name).read_bytes() for name in kept] == [b"1st", b"2nd", b"3rd"]


def test_a_version_that_is_kept_already_is_not_kept_twice(tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    assert keep(path, b"1st") == keep(path, b"1st")
    assert len(list(tmp_path.iterdir())) == 1


HOLDING = """
import sys, time, pathlib
from xlremic.files import alone
with alone(pathlib.Path(sys.argv[1])):
    print("running", flush=True)
    time.sleep(600)
"""


def test_a_file_is_held_until_its_process_dies_and_no_lock_is_left(tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    path.write_bytes(b"old")
    holder = another(HOLDING, path)
    with pytest.raises(InputError, match="another update of"), alone(path):
        pass
    killed(holder)
    with alone(path):
        write_whole(path, b"new")
    with alone(path), pytest.raises(InputError, match="another update of"), alone(path):
        raise AssertionError("held twice")
    assert [one.name for one in tmp_path.iterdir()] == ["deal.xlsx"]
