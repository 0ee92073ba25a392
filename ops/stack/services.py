"""Our own processes as children of the stack: the sandbox partners, the workers, the API."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from ops.stack.child import Spec
from ops.stack.parts import Site, document, part_specs, together
from ops.stack.ports import HOST
from ops.stack.temporal import NAMESPACE, worker_polls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.stack.folder import Folder
    from ops.stack.parts import Part

PARTNERS = ("erp", "wms", "payment", "carrier", "notification", "channels")
MIGRATIONS = "migrations"
_CALLING_BACK = ("erp", "wms", "carrier")
_NEIGHBOURS = {"erp": ("wms",), "wms": ("carrier", "erp"), "carrier": ("wms",)}
"""Whom a partner tells of goods: who brings them, who books them, who takes back what nobody took."""
_SHOPS = "ORDERLOOM_SHOPS"
_SANDBOX_SHOPS = ("shopify", "woocommerce", "magento", "amazon", "b2b", "pos")
"""The channels of the demonstration."""
_TASK_QUEUE = "orders"
_WORKERS_GRACE_S = 30.0
"""Longer than the workers themselves give what they are doing (workers/assembly.py)."""


@dataclass(frozen=True)
class Plan:
    """Where everything will be."""

    folder: Folder
    ports: Mapping[str, int]
    secrets: Mapping[str, str]
    """The secret each partner signs its callbacks with."""
    given: Mapping[str, str]
    """The environment the stack was started with; a partner it names the address of is not ours to start."""
    parts: tuple[Part, ...] = ()
    """Real systems in the places of sandboxes, and shops."""

    @property
    def api_url(self) -> str:
        """Where the API is."""
        return self.url("api")

    def url(self, name: str) -> str:
        """Where something with a port of the plan is."""
        return f"http://{HOST}:{self.ports[name]}"

    def sandboxes(self) -> tuple[str, ...]:
        """The partners that are sandboxes of ours."""
        given = {name for name in PARTNERS if f"ORDERLOOM_{name.upper()}__URL" in self.given}
        return tuple(name for name in PARTNERS if name not in self.real() | given)

    def real(self) -> set[str]:
        """The partners that are parts of the stack and no sandboxes."""
        return {name for part in self.parts for name in part.partners}

    def site(self, part: Part) -> Site:
        """Where a part is."""
        return Site(
            folder=self.folder.partners / part.name,
            ports={name: self.ports[name] for name in part.ports},
            api_url=self.api_url,
            secrets=self.secrets,
            elsewhere={name: self.url(name) for name in self.sandboxes()},
        )

    def _shops(self) -> dict[str, str]:
        """Connect the sandbox's channels by name, and those the stack was given: they hear of their orders."""
        sandbox: dict[str, object] = {"url": self.url("channels")} if "channels" in self.sandboxes() else {}
        shops = dict.fromkeys(_SANDBOX_SHOPS, sandbox) if sandbox else {}
        return {_SHOPS: json.dumps({**shops, **document(_SHOPS, self.given.get(_SHOPS, "{}"))})}

    def environment(self) -> dict[str, str]:
        """What every child gets: what the stack itself was given, with our addresses in it."""
        ours = {
            "ORDERLOOM_DATA_DIR": str(self.folder.root),
            "ORDERLOOM_API_HOST": HOST,
            "ORDERLOOM_API_PORT": str(self.ports["api"]),
            "ORDERLOOM_API_URL": self.api_url,
            "ORDERLOOM_WORKER_METRICS_PORT": str(self.ports["worker_metrics"]),
            "TEMPORAL_ADDRESS": f"{HOST}:{self.ports['temporal']}",
            "TEMPORAL_NAMESPACE": NAMESPACE,
            # A profile that leads to some other Temporal, with its credentials, is not for this stack.
            "TEMPORAL_CONFIG_FILE": os.devnull,
            "PYTHONUNBUFFERED": "1",
        }
        for name in self.sandboxes():
            ours[f"ORDERLOOM_{name.upper()}__URL"] = self.url(name)
            ours[f"ORDERLOOM_{name.upper()}__CALLBACK_SECRET"] = self.secrets[name]
        for part in self.parts:
            ours |= {
                f"ORDERLOOM_{name.upper()}__CALLBACK_SECRET": self.secrets[name]
                for name in part.partners
                if name in self.secrets
            }
        ours |= together([self._shops(), *(part.environment(self.site(part)) for part in self.parts)])
        kept = {key: value for key, value in self.given.items() if not key.startswith("TEMPORAL_")}
        return {**kept, **ours}


def partner_specs(plan: Plan) -> list[Spec]:
    """Describe the sandbox partners."""
    return [_partner(plan, name) for name in plan.sandboxes()]


def real_specs(plan: Plan) -> list[Spec]:
    """Describe the programs of real systems."""
    return [spec for part in plan.parts for spec in part_specs(part, plan.site(part), plan.environment())]


def workers_spec(plan: Plan) -> Spec:
    """Describe the workers."""
    return Spec(
        name="workers",
        command=_python("workers"),
        is_well=lambda pid: worker_polls(plan.ports["temporal_http"], _TASK_QUEUE, pid),
        environment=plan.environment(),
        after=("temporal", MIGRATIONS),
        address=f"{plan.url('worker_metrics')}/metrics",
        grace_s=_WORKERS_GRACE_S,
    )


def api_spec(plan: Plan) -> Spec:
    """Describe the API."""
    return Spec(
        name="api",
        command=_python("api"),
        is_well=lambda _pid: _answers(f"{plan.api_url}/v1/health"),
        environment=plan.environment(),
        after=("temporal", MIGRATIONS),
        address=plan.api_url,
    )


def _partner(plan: Plan, name: str) -> Spec:
    options = ["--port", str(plan.ports[name]), "--data", str(plan.folder.partners)]
    if name in _CALLING_BACK:
        options += ["--callback-url", f"{plan.api_url}/v1/callbacks/{name}"]
    for other in _NEIGHBOURS.get(name, ()):
        if other in plan.sandboxes():
            options += [f"--{other}-url", plan.url(other)]
    return Spec(
        name=name,
        command=(*_python("ops.sandbox"), name, *options),
        is_well=lambda _pid: _answers(f"{plan.url(name)}/health"),
        # Not as an option: everybody on the machine can read command lines.
        environment={**plan.environment(), "ORDERLOOM_SANDBOX_CALLBACK_SECRET": plan.secrets[name]},
        address=plan.url(name),
    )


def _python(module: str) -> tuple[str, ...]:
    # -P: a folder of the user's that happens to be called `models` is not to be taken for ours.
    return (sys.executable, "-P", "-m", module)


async def _answers(url: str) -> bool:
    # Whatever it answers: that something behind it is down, or meant to be, is no reason to wait for the process.
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        await client.get(url)
    return True
