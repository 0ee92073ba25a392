"""The card the Temporal Web UI shows for a channel's publication: what waits, what was told, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from models.stock.publication import OfferBatch

_SHOWN = 20


class Card:
    """What one run has done so far, in words."""

    def __init__(self, channel: str) -> None:
        """Begin with nothing told."""
        self.waiting = 0
        """How many numbers the next batch has."""
        self.trouble = ""
        """Why the channel could not be told; empty where nothing stands in the way."""
        self.strange = ""
        """The last signal nobody knows."""
        self._channel = channel
        self._told = 0
        self._last = ""
        self._refused: dict[str, str] = {}

    def tell(self, batch: OfferBatch, now: datetime) -> None:
        """Count what the channel has heard."""
        lag = max((now - offer.changed_at).total_seconds() for offer in batch.offers)
        self._told += len(batch.offers)
        self.waiting = max(0, self.waiting - len(batch.offers))
        self._last = f"last told {now:%H:%M:%S} UTC, lag {max(0.0, lag):.0f} s"

    def refuse(self, batch: OfferBatch, message: str) -> None:
        """Keep what the channel did not take."""
        for offer in batch.offers:
            self._refused[offer.sku] = message

    @property
    def summary(self) -> str:
        """The run in a line."""
        return f"told {self._channel} {self._told} numbers; {self._no()}"

    def text(self, next_at: datetime | None = None) -> str:
        """Write the card. Markdown."""
        now = [f"**{self.waiting} waiting**" if self.waiting else "", self._last or "nothing told yet"]
        lines = [f"## {self._channel}", ", ".join(part for part in now if part), f"{self._told} told in this run"]
        if self.trouble:
            lines.append(f"### The channel does not listen\n\n{self.trouble}")
        if next_at:
            lines.append(f"Told next at {next_at:%H:%M:%S} UTC; the signal `tell_now` tells at once.")
        if self._refused:
            shown = list(self._refused.items())[:_SHOWN]
            lines.append(f"Refused: {self._no()}\n" + "".join(f"\n- `{sku}`: {why}" for sku, why in shown))
        if self.strange:
            lines.append(f"The signal `{self.strange}` is not known; there is `tell_now`.")
        return "\n\n".join(lines)

    def _no(self) -> str:
        return f"{len(self._refused)} refused" if self._refused else "none refused"
