"""What the images run, run as plain processes, on a real Temporal server and a real PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.conftest import Databases
from tests.promises.deploying.collector import Collector
from tests.promises.orders.conftest import local_server
from tests.promises.partners.sandbox import free_port

ROOT = Path(__file__).parents[3]
PARTNERS_ASKED = ("erp", "wms", "carrier", "notification")
SAMPLE = ROOT / "ops" / "samples" / "canonical" / "b2b-on-account-of-a-good-customer.json"
PARTNERS = ("erp", "wms", "payment", "carrier", "notification", "channels")
PATIENCE_S = 600

pytestmark = pytest.mark.slow


class Deployment:
    """The services of the Compose file, with this machine's addresses in the place of the network's."""

    def __init__(self, services: dict[str, Any], addresses: dict[str, str], folder: Path) -> None:
        self._services = services
        self._addresses = addresses
        # In one pass: what has been put in is not searched again.
        self._there = re.compile("|".join(re.escape(there) for there in sorted(addresses, key=len, reverse=True)))
        self._folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def here(self, text: str) -> str:
        """A value of the file as it is here."""
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
        text = re.sub(r"\$\{\w*SECRET:\?[^}]*\}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", text)
        text = re.sub(r"\$\{\w+:\?[^}]*\}", "given", text)
        return self._there.sub(lambda found: self._addresses[found[0]], text)

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Run a service's command."""
        program, *rest = [self.here(word) for word in self._services[name]["command"]]
        beside = Path(sys.executable).with_name(program)
        given = {key: self.here(value) for key, value in self._services[name].get("environment", {}).items()}
        given |= {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "ORDERLOOM_DATA_DIR": str(self._folder),
            "ORDERLOOM_API_PORT": self._addresses["8400"],
            "ORDERLOOM_WORKER_METRICS_PORT": self._addresses["8401"],
        }
        with (self._folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 - the programs are ours
                [beside, *rest], env=given, stdout=log, stderr=log, cwd=self._folder
            )
        return self.running[name]

    def run(self, name: str) -> None:
        """Run a job to its end."""
        assert self.start(name).wait(PATIENCE_S) == 0, self.log(name)

    def log(self, name: str) -> str:
        """What a service said."""
        return (self._folder / f"{name}.log").read_text()

    def stop(self) -> dict[str, int]:
        """End every service as Docker does; answers their exit codes."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(PATIENCE_S) for name, process in self.running.items()}

    def key(self) -> str:
        """The API key that the seeding made."""
        return (self._folder / "api-key").read_text().strip()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def temporal() -> AsyncIterator[str]:
    async with await local_server() as server:
        yield server.client.service_client.config.target_host


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture(scope="module")
def addresses(temporal: str, databases: Databases, collector: Collector) -> dict[str, str]:
    """What the Compose file calls something, and what it is called here."""
    ports = {str(port): str(free_port()) for port in (8400, 8401, 8411, 8412, 8413, 8414, 8415, 8416)}
    return {
        "postgresql+psycopg://orderloom:given@postgres:5432/orderloom": databases.empty("postgresql"),
        "temporal:7233": temporal,
        "http://collector:4318": collector.url,
        "0.0.0.0": "127.0.0.1",  # noqa: S104 - what is replaced
        **{f"//{name}:": "//127.0.0.1:" for name in ("api", *PARTNERS)},
        **ports,
    }


@pytest.fixture(scope="module")
def deployment(
    services: dict[str, Any], addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    made = Deployment(services, {"/var/lib/orderloom": str(folder), **addresses}, folder)
    yield made
    made.stop()


def until(answer: Any, deployment: Deployment) -> Any:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        dead = {name: process.returncode for name, process in deployment.running.items() if process.poll()}
        assert not dead, deployment.log(next(iter(dead)))
        try:
            found = answer()
        except httpx.TransportError:
            found = None
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")


def test_an_order_goes_through_what_the_images_run(deployment: Deployment, collector: Collector) -> None:
    deployment.run("migrate")
    for name in PARTNERS:
        deployment.start(name)
    for name in PARTNERS:
        url = deployment.here(f"http://{name}:{8411 + PARTNERS.index(name)}/health")
        until(lambda url=url: httpx.get(url, trust_env=False), deployment)
    deployment.run("seed")
    deployment.start("workers")
    deployment.start("api")
    with httpx.Client(
        base_url=deployment.here("http://api:8400"), headers={"X-Api-Key": deployment.key()}, trust_env=False
    ) as api:
        until(lambda: api.get("/v1/health").json()["status"] == "ok", deployment)
        accepted = api.post("/v1/orders", json=json.loads(SAMPLE.read_text()))
        assert accepted.status_code == 202, accepted.text
        order = accepted.headers["Location"]
        until(lambda: api.get(order).json()["status"] == "completed", deployment)
        assert "temporal_" in httpx.get(deployment.here("http://api:8401/metrics"), trust_env=False).text
    codes = deployment.stop()
    assert {name: code for name, code in codes.items() if name in {"api", "workers"} and code} == {}

    requests = [span for span in collector.spans if span.name == "POST /v1/orders"]
    assert len(requests) == 1
    posted = [span for span in collector.spans if span.name == "POST" and span.service == "orderloom-workers"]
    # What is told and bought on a schedule belongs to no request.
    calls = [span for span in posted if span.trace == requests[0].trace]
    assert len(calls) >= len(PARTNERS_ASKED)
    # Every partner's call goes back to the request, by way of the activity and of the workflow.
    for call in calls:
        line = collector.line_of(call)
        assert line[-1] == requests[0]
        assert any(span.name.startswith("RunActivity:") for span in line)
