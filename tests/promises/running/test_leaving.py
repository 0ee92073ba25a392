"""A process that held a Temporal client ends with the exit code it means."""

from __future__ import annotations

import asyncio
import signal

import pytest

from workflows.leaving import run_to_the_end

pytestmark = pytest.mark.slow


class Held:
    """Something that only a collection of garbage lets go of, as the SDK's clients are."""

    let_go = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Held.let_go += 1


def test_what_the_main_coroutine_held_is_let_go_before_the_interpreter_ends():
    async def main() -> str:
        Held()
        return "done"

    before = Held.let_go

    assert run_to_the_end(main()) == "done"
    assert Held.let_go == before + 1


def test_an_exit_code_is_passed_on():
    async def main() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit) as ended:
        run_to_the_end(main())
    assert ended.value.code == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_end_closes_everything_and_is_no_failure(number):
    closed = []

    async def main() -> None:
        try:
            # As uvicorn does once it has stopped serving.
            signal.raise_signal(number)
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            closed.append("store")

    handler = signal.getsignal(number)

    with pytest.raises(SystemExit) as ended:
        run_to_the_end(main())
    assert ended.value.code == 0
    assert closed == ["store"]
    assert signal.getsignal(number) is handler
