"""Random lives of orders and returns: whatever happens to them, laws I1 to I15 hold, and each law has teeth."""

from __future__ import annotations

import pytest

from ops.proof.lives.defects import DEFECTS, Defect, catch
from ops.proof.lives.laws.judging import LAWS
from ops.proof.lives.proof import ENOUGH, SOMETIMES, prove_lives

LIVES = 150


@pytest.mark.slow
def test_every_law_holds_in_many_lives() -> None:
    proof = prove_lives(LIVES)

    assert not proof.broken, "\n".join(f"seed {one.seed}: {one.laws}" for one in proof.broken)
    assert proof.orders >= LIVES
    assert proof.returns > LIVES // 10
    for kind in ("fault: done, and the answer lost", "callback again", "cancelled by update", "changed by update"):
        assert proof.times[kind], f"{kind} never happened"


@pytest.mark.slow
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.law}: {defect.name}")
def test_a_planted_defect_is_caught_by_its_own_law(defect: Defect) -> None:
    caught = catch(defect)

    assert caught.seed is not None, f"{defect.name} was not caught by {defect.law} in {caught.lives} lives"
    assert caught.said.startswith(defect.law)


def test_each_of_the_fourteen_laws_has_a_planted_defect() -> None:
    planted = {defect.law.split(",")[0] for defect in DEFECTS}
    assert {f"I{number}" for number in range(1, 15)} <= planted
    assert {law.split(",")[0] for law in LAWS if law.startswith("I")} <= planted


def test_a_proof_in_which_something_never_happened_does_not_hold() -> None:
    proof = prove_lives(2)
    few = proof.model_copy(update={"never": ("a transfer",)})
    assert proof.holds
    assert not few.holds
    assert ENOUGH > LIVES
    assert len(set(SOMETIMES)) == len(SOMETIMES)
