"""The same lives on a Temporal server that skips time, behind the real workers: the same code, the same laws."""

from __future__ import annotations

import pytest

from ops.proof.lives.through_temporal import prove_through_temporal

pytestmark = pytest.mark.slow

LIVES = 20


async def test_every_law_holds_in_lives_on_a_real_server() -> None:
    proof = await prove_through_temporal(LIVES)

    assert not proof.broken, "\n".join(f"seed {one.seed}: {one.laws}" for one in proof.broken)
    assert proof.orders >= LIVES
    for kind in ("fault: done, and the answer lost", "callback again", "parcel sent", "a return"):
        assert proof.times[kind], f"{kind} never happened"
