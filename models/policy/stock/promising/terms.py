"""A sum that says what it is the sum of."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.stock.availability import Term


@dataclass(slots=True)
class Sum:
    """Signed terms and their sum, which never drift apart: one cannot be changed without the other."""

    value: int = 0
    terms: list[Term] = field(default_factory=list)

    def add(self, name: str, quantity: int, because: str, *, always: bool = False) -> None:
        """Add a term; one of nothing is left out unless it is `always` shown."""
        if quantity or always:
            self.value += quantity
            # A long list of facts is cut, for a person reads it.
            self.terms.append(Term(name=name, quantity=quantity, because=because[:500]))

    def cap(self, name: str, most: int, because: str) -> None:
        """Take off what is more than `most`."""
        self.add(name, min(most - self.value, 0), because)

    def floor(self) -> None:
        """Lift a sum below nothing to nothing: less than nothing cannot be promised."""
        if self.value < 0:
            self.add("floor", -self.value, f"{-self.value} more would be needed before anything can be promised")
