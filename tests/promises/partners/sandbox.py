"""Sandbox partners as processes of their own, for tests."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    """A port that nobody else is given meanwhile: for a minute after a connection to it, it is for who names it."""
    with socket.socket() as listener, socket.socket() as caller:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        caller.connect(listener.getsockname())
        # Whoever closes first is the one that keeps the port.
        listener.accept()[0].close()
        return int(listener.getsockname()[1])


class SandboxProcess:
    """One service, which can be killed and started again on the same port and data."""

    def __init__(self, name: str, data: Path, *arguments: str, port: int = 0) -> None:
        self.name = name
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            *(sys.executable, "-m", "ops.sandbox", name, "--port", str(self.port), "--data", str(data)),
            *arguments,
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=self.url, trust_env=False)

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT)  # noqa: S603 - our own command

    def ready(self) -> None:
        deadline = time.monotonic() + 120
        while True:
            try:
                if self._client.get("/health").is_success:
                    return
            except httpx.TransportError:
                pass
            assert self._process is not None
            assert self._process.poll() is None, f"{self.name} ended"
            assert time.monotonic() < deadline, f"{self.name} does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=60)

    def get(self, path: str, **params: str) -> Any:
        return self._client.get(path, params=params).raise_for_status().json()

    def effects(self, key: str) -> list[dict[str, Any]]:
        return self.get("/journal/effects", key=key)["effects"]

    def verdicts(self, key: str) -> list[str]:
        requests = self.get("/journal", key=key)["requests"]
        return [request["verdict"] for request in requests if request["operation"] != "look_up"]

    @contextmanager
    def dialled(self, **dials: Any) -> Iterator[None]:
        self._client.put("/dials", json=dials).raise_for_status()
        try:
            yield
        finally:
            self._client.put("/dials", json={}).raise_for_status()
