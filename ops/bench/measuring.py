"""What processes cost: CPU seconds from the operating system, actions from the Temporal server's own count."""

from __future__ import annotations

import os
from pathlib import Path

import httpx

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """CPU seconds a process has used so far, in user and system mode, all of its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    # After the name in brackets come the state and ten more fields; then user and system time, in ticks.
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


async def actions(metrics_url: str) -> float:
    """Actions the server's front end has counted so far; an upper bound of what Temporal Cloud would bill."""
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(metrics_url)).text
    counts = (line.rpartition(" ")[2] for line in text.splitlines() if line.startswith("action{"))
    return sum(float(count) for count in counts)
