"""Having books compared at once, rather than when their schedule comes round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.connection import find_connection
from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from pathlib import Path


def compare_at_once(  # noqa: PLR0913 - each is a part of what is said
    data: Path, runs: str, *, begun: str, going_on: str, then: str, as_json: bool
) -> None:
    """Ask the API to begin a run, and say whether it has, or whether one was going on.

    Args:
        data: the folder that knows where the API is.
        runs: the address of such runs, below ``/v1``.
        begun: what is said where one has begun.
        going_on: what is said where one had begun already.
        then: what is said of where its outcome will be seen.
        as_json: whether the API's own answer is printed instead.
    """
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        answer = api.run_now(runs)
    if as_json:
        print_json(answer)
    else:
        console().print(f"{begun if answer['status'] == 'begun' else going_on}; {then}.")
