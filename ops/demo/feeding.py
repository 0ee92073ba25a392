"""Sample orders are handed in over HTTP and followed until each has ended or is held."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from ops.cli.exits import CommandError, UnreachableError
from ops.demo.row import Row, is_settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.cli.client import Api, Json
    from ops.samples.loading import Sample

_AT_ONCE = 4
_LOOK_EVERY_S = 0.5
_LOOK_AT = 200
"""So many of the newest orders are read at once; one that is not among them is read by itself."""
REFUSED = "refused"


class Audience(Protocol):
    """Whoever watches."""

    def changed(self, row: Row) -> None:
        """An order was taken in, or stands elsewhere now; called from several threads."""


class Feed:
    """One run of the demonstration."""

    def __init__(self, api: Api, samples: Sequence[Sample], audience: Audience) -> None:
        """Hand these in; nothing is sent yet."""
        self.rows: list[Row] = []
        self._api = api
        self._samples = samples
        self._audience = audience
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the run early, from any thread."""
        self._stop.set()

    def run(self, within_s: float) -> None:
        """Hand all of them in, and follow them until each is settled, or for so many seconds.

        Raises:
            UnreachableError: the API does not answer any more.
        """
        until = time.monotonic() + within_s
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="demo") as pool:
            # Looked at while others are still being handed in: the first completed order is shown when it is there.
            handing_in = [pool.submit(self._hand_in, sample) for sample in self._samples]
            while not self._stop.is_set() and time.monotonic() < until:
                self._look()
                fed = all(future.done() for future in handing_in)
                if fed and all(row.settled for row in self.rows if not row.error):
                    break
                self._stop.wait(_LOOK_EVERY_S)
            pool.shutdown(cancel_futures=True)
        self._look()
        for sample, future in zip(self._samples, handing_in, strict=True):
            if future.cancelled():
                self._add(Row(sample, sample.format, headline=REFUSED, error="the run ended before it was handed in"))
            else:
                future.result()

    def _hand_in(self, sample: Sample) -> None:
        began = time.monotonic()
        try:
            answer = self._api.submit(sample.format, sample.body)
        except UnreachableError:
            raise
        except CommandError as error:
            self._add(Row(sample, sample.format, headline=REFUSED, error=str(error)))
            return
        for order in answer.get("orders", [answer]):
            self._add(_row(sample, order, began))

    def _add(self, row: Row) -> None:
        self.rows.append(row)
        self._audience.changed(row)

    def _look(self) -> None:
        waiting = [row for row in self.rows if row.order_id and not row.settled]
        if not waiting:
            return
        newest = {order["id"]: order for order in self._api.orders({}, _LOOK_AT)}
        for row in waiting:
            self._look_at(row, newest.get(row.order_id))

    def _look_at(self, row: Row, listed: Json | None) -> None:
        if listed is not None:
            holds = [hold["kind"] for hold in listed["holds"] if hold["state"] == "open"]
            if not is_settled(listed["status"], holds):
                if (row.headline, row.holds) != (listed["status"], holds):
                    row.headline, row.holds = listed["status"], holds
                    self._audience.changed(row)
                return
        before = row.headline
        row.update(self._api.order(row.order_id))
        if row.settled or row.headline != before:
            self._audience.changed(row)


def _row(sample: Sample, answer: Json, began: float) -> Row:
    if "quarantine_id" in answer:
        error = f"kept in quarantine as {answer['quarantine_id']}"
        return Row(sample, sample.format, headline=REFUSED, error=error)
    return Row(
        sample,
        answer["channel"],
        external_id=answer["external_id"],
        order_id=answer["id"],
        headline=answer["status"],
        handed_in_at=began,
    )
