"""A functional group while it is read, and the 997 that says what of it could be read."""

from __future__ import annotations

from pydantic import BaseModel

from activities.adapters.files.x12.writing import Envelope, Party, written

_KEPT_MAX = 1000
"""Refusals told one by one; the counts tell the others."""


class Open(BaseModel):
    """The interchange and the group that reading stands in; part of where reading goes on."""

    isa: str
    """The whole segment, with its terminator."""
    sender: str
    sender_qualifier: str
    receiver: str
    receiver_qualifier: str
    interchange_number: str
    test: bool = False
    """Whether the sender marks it as a test: its orders are recorded and carried no further."""
    groups: int = 0
    group: str | None = None
    """The group's control number; none between groups."""
    kind: str = ""
    """Its functional identifier: PO for purchase orders."""
    received: int = 0
    accepted: int = 0
    refusals: list[list[str]] = []
    """Segments of the 997, one refused transaction after the other."""
    numbers: list[str] = []
    """Control numbers seen in the group."""

    def begin_group(self, kind: str, number: str) -> None:
        """A group begins."""
        self.group, self.kind = number, kind
        self.groups += 1
        self.received = self.accepted = 0
        self.refusals, self.numbers = [], []

    @property
    def acknowledges(self) -> bool:
        """Whether the group itself holds acknowledgements: those are never acknowledged, or it would never end."""
        return self.kind == "FA"

    def accept(self) -> None:
        """A transaction could be read."""
        self.received += 1
        self.accepted += 1

    def refuse(self, segments: list[str]) -> None:
        """A transaction could not be read."""
        self.received += 1
        if len(self.refusals) < _KEPT_MAX:
            self.refusals.append(segments)

    def acknowledgement(self, said: str, closed_with: str | None) -> str:
        """Write the 997; `said` is how many transactions the group says it has, `closed_with` its closing number."""
        if self.acknowledges:
            return ""
        troubles = []
        if closed_with is None:
            troubles.append("3")
        elif closed_with != self.group:
            troubles.append("4")
        if closed_with is not None and said.lstrip("0") != str(self.received or ""):
            troubles.append("5")
        verdict = "A" if self.accepted == self.received else "P" if self.accepted else "R"
        if troubles and verdict == "A":
            verdict = "E"
        counts = f"{said or self.received}*{self.received}*{self.accepted}"
        body = [f"AK1*{self.kind}*{self.group}"]
        body += [segment for refusal in self.refusals for segment in refusal]
        body.append("*".join([f"AK9*{verdict}*{counts}", *troubles]))
        day, time = self.isa[70:76], self.isa[77:81]
        return written(Envelope("997", "FA", self.us, self.them, self.interchange_number, day, time), [body])

    @property
    def them(self) -> Party:
        """Who sent the interchange."""
        return Party(self.sender_qualifier, self.sender)

    @property
    def us(self) -> Party:
        """To whom it was sent."""
        return Party(self.receiver_qualifier, self.receiver)
