"""``orderloom prove lives``: what it says, and with which exit code."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from ops.cli.main import app
from ops.proof.lives import life
from ops.proof.lives.defects import DEFECTS

RUNNER = CliRunner()
ONE_AT_A_TIME = ["prove", "lives", "--processes", "1"]


@pytest.mark.slow
def test_a_proof_that_holds_says_what_it_has_lived() -> None:
    said = RUNNER.invoke(app, [*ONE_AT_A_TIME, "--lives", "5", "--seed", "3", "--json"])

    assert said.exit_code == 0, said.output
    proof = json.loads(said.output)["stage"]
    assert (proof["lives"], proof["first_seed"], proof["broken"]) == (5, 3, [])
    assert proof["times"]["create order"]


def test_a_broken_life_is_told_with_its_seed_and_its_last_deeds() -> None:
    dropped = next(defect for defect in DEFECTS if defect.law == "I3")
    with dropped.planted():
        said = RUNNER.invoke(app, [*ONE_AT_A_TIME, "--lives", "1", "--seed", "1"])

    assert said.exit_code == 1
    assert "seed 1: I3" in said.output
    assert "notice" in said.output


def test_one_seed_lives_one_life_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[int] = []
    whole = life.live
    monkeypatch.setattr("ops.proof.lives.proof.live", lambda seed: lived.append(seed) or whole(seed))

    said = RUNNER.invoke(app, [*ONE_AT_A_TIME, "--lives", "1", "--seed", "42"])

    assert said.exit_code == 0, said.output
    assert lived == [42]
