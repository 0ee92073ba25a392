"""All policy sets there are, by version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import yaml
from pydantic import TypeAdapter, ValidationError

from models.errors import InvalidInput, NotFound
from models.policy.checking import mistakes
from models.policy.policy_set import PolicySet
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

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


class _Loader(yaml.SafeLoader):
    """Reads YAML, and refuses a key that stands twice in one place: the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as PyYAML has it
        """Read a mapping.

        Raises:
            yaml.constructor.ConstructorError: a key stands twice.
        """
        seen: set[str] = set()
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key in keys:
            if key.value in seen:
                problem = f"the key {key.value} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read(path: Path) -> PolicySet:
    place = f"/{path.name}"
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a safe loader
        policies = PolicySet.model_validate_json(_JSON.dump_json(document))
    except ValidationError as error:
        raise InvalidInput(field_errors(error, place)) from error
    except yaml.YAMLError as error:
        raise InvalidInput.at(place, "yaml", str(error)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput.at(place, "encoding", f"must be UTF-8: {error.reason} at byte {error.start}") from error
    found = [one.model_copy(update={"pointer": f"{place}{one.pointer}"}) for one in mistakes(policies)]
    if found:
        raise InvalidInput(found)
    return policies
