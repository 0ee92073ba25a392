"""One Karrio for all tests against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ops.partners.karrio.software import copied, prepared, server
from ops.partners.program import running
from tests.contracts.carriage.karrio import Karrio
from tests.promises.partners.sandbox import free_port


@pytest.fixture(scope="session")
def karrio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Karrio]:
    folder, port = tmp_path_factory.mktemp("karrio"), free_port()
    token = copied(prepared(print), folder)
    with running([server(folder, port)], folder / "logs"):
        yield Karrio(f"http://127.0.0.1:{port}", token, folder)
