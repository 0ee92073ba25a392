"""Real systems in the stack: each stands where a sandbox would, or is a shop beside them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ops.partners.program import answers
from ops.stack.child import Spec
from ops.stack.folder import write_private
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ops.partners.program import Program
    from ops.stack.folder import Folder

_SHOPS = "ORDERLOOM_SHOPS"


@dataclass(frozen=True)
class Site:
    """Where a part is in one stack."""

    folder: Path
    """The part's own, for what it has to keep."""
    ports: Mapping[str, int]
    """A port for each name the part asked for."""
    api_url: str
    """Our API, for its webhooks."""
    secrets: Mapping[str, str]
    """By partner: what its callbacks are signed with."""
    elsewhere: Mapping[str, str]
    """By partner: the address of each sandbox that stands beside it."""


class Part(Protocol):
    """A real system, and how this machine runs it."""

    name: str
    """Its kind, as it is chosen: ``tryton``."""
    partners: tuple[str, ...]
    """The sandboxes it stands in for: ``("erp", "wms")``; none for a shop."""
    ports: tuple[str, ...]
    """Names of the ports it needs; no other part has the same."""

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it and make what every stack's copy begins with; quick where that was done before."""

    def programs(self, site: Site) -> Sequence[Program]:
        """Say what is run, in the order of the start; brings what is kept into the site's folder."""

    def environment(self, site: Site) -> Mapping[str, str]:
        """Say by which settings our own processes use it."""


def part_specs(part: Part, site: Site, environment: Mapping[str, str]) -> list[Spec]:
    """Describe a part's programs as children of the stack."""
    return [_spec(program, environment) for program in part.programs(site)]


def document(setting: str, text: str) -> dict[str, object]:
    """Read a setting that is a JSON document.

    Raises:
        StackError: it is none; names the setting, and not what it holds.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise StackError(f"{setting} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise StackError(f"{setting} has to be a JSON object")
    return found


def together(environments: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Join what several parts set: the shops of one beside those of another."""
    joined: dict[str, str] = {}
    shops: dict[str, object] = {}
    for environment in environments:
        joined |= environment
        shops |= document(_SHOPS, environment.get(_SHOPS, "{}"))
    return joined | ({_SHOPS: json.dumps(shops)} if shops else {})


def stay_with(folder: Folder, parts: Sequence[Part]) -> None:
    """Note which parts a folder's orders are at, and hold every later start to them.

    Raises:
        StackError: the folder has orders that are at other partners.
    """
    path = folder.root / "parts.json"
    chosen = sorted(f"{part.name} for {', '.join(part.partners) or 'its own channel'}" for part in parts)
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else _of_old(folder, chosen)
    if before != chosen:
        were = "; ".join(before) or "sandboxes only"
        raise StackError(f"the orders in {folder.root} are at {were}: start it so, or take another folder (--data)")
    write_private(path, json.dumps(chosen))


def _of_old(folder: Folder, chosen: list[str]) -> list[str]:
    # A folder from before this was noted has orders at sandboxes; a new one has none.
    return [] if folder.api_key.exists() else chosen


def _spec(program: Program, environment: Mapping[str, str]) -> Spec:
    async def is_well(_pid: int) -> bool:
        return await asyncio.to_thread(answers, program.health)

    return Spec(
        name=program.name,
        command=program.command,
        is_well=is_well,
        environment={**environment, **program.environment},
        after=program.after,
        address=program.health,
        start_within_s=program.patience_s,
        folder=program.folder,
    )
