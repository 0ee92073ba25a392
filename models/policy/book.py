"""All policy sets there are, by version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

import yaml
from pydantic import TypeAdapter, ValidationError

from models.errors import InvalidInput, NotFound
from models.policy.policy_set import PolicySet
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

_JSON: TypeAdapter[object] = TypeAdapter(object)


class PolicyBook:
    """Every version, the latest being the one in force."""

    def __init__(self, sets: Iterable[PolicySet]) -> None:
        """Order them by version.

        Raises:
            ValueError: there is none, or one version stands twice.
        """
        ordered = sorted(sets, key=lambda policies: policies.version)
        self._sets = {policies.version: policies for policies in ordered}
        if not ordered or len(self._sets) != len(ordered):
            message = "a policy book needs at least one policy set, and each version once"
            raise ValueError(message)
        self.current = ordered[-1]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every ``*.yaml`` of a folder.

        Raises:
            InvalidInput: a file does not hold a policy set; names the file and the field.
        """
        return cls(_read(path) for path in sorted(folder.glob("*.yaml")))

    def get(self, version: str | None) -> PolicySet:
        """Find a version; None is the one in force.

        Raises:
            NotFound: there is no such version.
        """
        if version is None:
            return self.current
        try:
            return self._sets[version]
        except KeyError:
            message = f"there is no policy set {version}"
            raise NotFound(message) from None


def _read(path: Path) -> PolicySet:
    try:
        return PolicySet.model_validate_json(_JSON.dump_json(yaml.safe_load(path.read_text(encoding="utf-8"))))
    except ValidationError as error:
        raise InvalidInput(field_errors(error, f"/{path.name}")) from error
    except yaml.YAMLError as error:
        raise InvalidInput.at(f"/{path.name}", "yaml", str(error)) from error
