"""A short run of the attack on the commands that take a workbook: each attack is refused for what it is."""

import os
import re
import signal

import pytest

from xlremic.xlsx.package import Package

from .workbooks import ATTACKS, ONLY_UPDATE, answer, commands, mutated, ours

REFUSING = ("check", "update", "send")


@pytest.fixture(scope="module")
def package() -> Package:
    return ours()


def test_our_own_workbook_is_taken(package: Package) -> None:
    answers = {name: answer(work) for name, work in commands(package.to_bytes()).items()}
    assert {name: found.says for name, found in answers.items()} == dict.fromkeys(answers, "done")


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_for_what_it_is(name: str, package: Package) -> None:
    attack = ATTACKS[name]
    for command, work in commands(attack.change(package).to_bytes()).items():
        found = answer(work)
        if command in (*REFUSING, *attack.also):
            assert found.kind == "refused" and re.search(attack.word, found.says), (command, found)
        else:
            assert found.kind in ("refused", "done"), (command, found)


@pytest.mark.parametrize("name", ONLY_UPDATE)
def test_an_update_writes_over_no_formula(name: str, package: Package) -> None:
    attack = ONLY_UPDATE[name]
    answers = {command: answer(work) for command, work in commands(attack.change(package).to_bytes()).items()}
    assert answers["update"].kind == "refused" and attack.word in answers["update"].says
    assert {found.kind for found in answers.values()} <= {"refused", "done"}, answers


@pytest.mark.parametrize("seed", range(1, 9))
def test_random_changes_get_an_answer(seed: int, package: Package) -> None:
    for command, work in commands(mutated(package, seed).to_bytes()).items():
        assert answer(work).kind in ("refused", "done"), command


def test_a_process_that_dies_or_raises_is_seen() -> None:
    assert answer(lambda: 1 / 0).kind == "traceback"
    assert answer(lambda: os.kill(os.getpid(), signal.SIGKILL)).kind == "killed"
