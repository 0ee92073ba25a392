"""Many worlds shared out among processes, each with databases of its own."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from ops.migrations.upgrade import upgrade
from ops.proof.worlds.living import WorldsProof, prove_worlds

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORLDS_A_FILE = 500
"""A fresh file now and then keeps every world as quick as the first."""


def prove_in_files(worlds: int, *, first_seed: int, processes: int) -> WorldsProof:
    """Live the worlds on new SQLite files, in so many processes side by side."""
    starts = range(first_seed, first_seed + worlds, _WORLDS_A_FILE)
    shares = [("", start, min(_WORLDS_A_FILE, first_seed + worlds - start)) for start in starts]
    return _side_by_side(shares, processes)


def prove_in_databases(database_urls: Sequence[str], worlds: int, *, first_seed: int) -> WorldsProof:
    """Live the worlds on these databases, each its share in a process of its own; what they write stays there."""
    each, rest = divmod(worlds, len(database_urls))
    shares, start = [], first_seed
    for number, address in enumerate(database_urls):
        share = each + (number < rest)
        shares.append((address, start, share))
        start += share
    return _side_by_side([share for share in shares if share[2]], len(shares))


def _side_by_side(shares: Sequence[tuple[str, int, int]], processes: int) -> WorldsProof:
    began = time.perf_counter()
    if min(len(shares), processes) == 1:
        proofs = [_prove(*share) for share in shares]
    else:
        with ProcessPoolExecutor(min(len(shares), processes), mp_context=get_context("spawn")) as pool:
            proofs = list(pool.map(_prove, *zip(*shares, strict=True)))
    ways: Counter[str] = Counter()
    for proof in proofs:
        ways.update(proof.ways)
    return WorldsProof(
        database=proofs[0].database,
        first_seed=proofs[0].first_seed,
        worlds=sum(proof.worlds for proof in proofs),
        deeds=sum(proof.deeds for proof in proofs),
        ways=dict(sorted(ways.items())),
        seconds=time.perf_counter() - began,
        broken=tuple(broken for proof in proofs for broken in proof.broken),
    )


def _prove(address: str, first_seed: int, worlds: int) -> WorldsProof:
    with tempfile.TemporaryDirectory(prefix="orderloom-worlds-") as folder:
        database_url = address or f"sqlite+aiosqlite:///{Path(folder) / 'worlds.db'}"
        upgrade(database_url)
        return asyncio.run(prove_worlds(database_url, worlds=worlds, first_seed=first_seed))
