"""The files of a new adapter: its package, its options, its port's methods, a channel's format."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ops.scaffold.kinds import Kind
    from ops.scaffold.protocols import Described, Method

_LINE = 120
_OWN = ("activities", "api", "models", "ops", "tests", "workers", "workflows")


def title(name: str) -> str:
    """The system's name as classes begin with it: ``blue_wms`` is ``BlueWms``."""
    return "".join(part.capitalize() for part in name.split("_"))


def package(kind: Kind, name: str) -> str:
    """The folder's own docstring."""
    return f'"""{title(name)}, connected as {kind.noun}."""\n'


def options(kind: Kind, name: str) -> str:
    """What may be set of it."""
    made, channel = title(name), kind.name == "channel"
    argument = "channel: str, " if channel else ""
    said = (
        "ORDERLOOM_SHOPS: {channel}: options: {place} {said}"
        if channel
        else f"{kind.setting}OPTIONS: {{place}} {{said}}"
    )
    return f'''"""What {made} is to be told beside its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class {made}Options(BaseModel):
    """`options` of its setting; each is a field here, with its unit, and whatever else is set is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def options_of({argument}settings: PartnerSettings) -> {made}Options:
    """Read the options.

    Raises:
        ValueError: one is missing or wrong; names the setting.
    """
    try:
        return {made}Options.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        said = "is missing" if first["type"] == "missing" else first["msg"]
        message = f"{said}"
        raise ValueError(message) from error
'''


def adapter(kind: Kind, name: str, port: Described) -> str:
    """The class that answers the port; each method says that it is not connected yet."""
    made, channel = title(name), kind.name == "channel"
    init = "channel: str, settings: PartnerSettings" if channel else "settings: PartnerSettings"
    partner = 'f"the shop {channel}"' if channel else f'"{name}"'
    given = "channel, settings" if channel else "settings"
    types = port.imports | {"PartnerSettings": "models.settings"}
    used = {
        "options_of": f"activities.adapters.{name}.options",
        "PartnerHttp": "activities.adapters.http",
        "Unavailable": "models.errors",
    }
    bodies = "\n\n".join(_method(method) for method in port.methods)
    return f'''"""{made} as {kind.noun}: every method of the port, each to be connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

{imports(used)}

if TYPE_CHECKING:
{_imports(types, indent="    ")}

class {made}{kind.suffix}:
    """Answers `{kind.port.module}.{kind.port.name}` for {made}."""

    def __init__(self, {init}) -> None:
        """Speak to {made} where the settings say it is.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        self._options = options_of({given})
        self._http = PartnerHttp({partner}, settings)

{bodies}

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    def _not_yet(self, method: str, *asked: object) -> Unavailable:
        what = f"{{type(self).__name__}}.{{method}}({{', '.join(type(one).__name__ for one in asked)}})"
        return Unavailable(self._http.partner, f"{{self._http.partner}} is not connected yet: write {{what}}")
'''


def layout(name: str, port: Described) -> str:
    """The format of a channel's orders."""
    made = title(name)
    bodies = "\n\n".join(_method(method) for method in port.methods)
    return f'''"""{made}'s orders: what is one, and what it says in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import InvalidInput

if TYPE_CHECKING:
{_imports(port.imports, indent="    ")}

class {made}Orders:
    """Answers `activities.ports.partners.ChannelFormat` for {made}."""

    format = "{name}/order"

    def __init__(self, channel: str) -> None:
        """Read orders of the shop that is connected under this name."""
        self._channel = channel

{bodies}

    def _not_yet(self, method: str, *asked: object) -> InvalidInput:
        what = f"{{type(self).__name__}}.{{method}}({{', '.join(type(one).__name__ for one in asked)}})"
        return InvalidInput.at("", "not_connected", f"{{self._channel}} is not connected yet: write {{what}}")
'''


def _method(method: Method) -> str:
    named = ", ".join((f'"{method.name}"', *method.arguments))
    return f"{method.text}\n        raise self._not_yet({named})"


def _imports(types: Mapping[str, str], indent: str) -> str:
    return imports(types, indent=indent) + "\n"


def imports(types: Mapping[str, str], whole: tuple[str, ...] = (), *, indent: str = "") -> str:
    """Write imports as the formatter has them: Python's own, then others', then ours, each in order.

    Args:
        types: names by the module they come from.
        whole: modules imported by their own name.
        indent: what each line begins with.
    """
    modules: dict[str, list[str]] = {}
    for name, module in types.items():
        modules.setdefault(module, []).append(name)
    groups: dict[int, list[str]] = {}
    for module in sorted(whole):
        groups.setdefault(_group(module), []).append(f"{indent}import {module}")
    for module in sorted(modules):
        groups.setdefault(_group(module), []).append(_import(module, modules[module], indent))
    return "\n\n".join("\n".join(groups[number]) for number in sorted(groups))


def _group(module: str) -> int:
    top = module.split(".", maxsplit=1)[0]
    return 0 if top in sys.stdlib_module_names else 2 if top in _OWN else 1


def _import(module: str, names: Iterable[str], indent: str) -> str:
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    line = f"{indent}from {module} import {', '.join(ordered)}"
    if len(line) <= _LINE:
        return line
    inner = "".join(f"{indent}    {name},\n" for name in ordered)
    return f"{indent}from {module} import (\n{inner}{indent})"


def called(begin: str, said: str, end: str = "") -> str:
    """Write a call with one text, on a line of its own where it is long, as the formatter has it.

    Args:
        begin: what stands before the bracket, with its indentation: ``    making=Unwritten``.
        said: the text; one that is longer than a line is cut.
        end: what follows the closing bracket.
    """
    text = said.replace("\\", "").replace('"', "'")
    line = f'{begin}("{text}"){end}'
    if len(line) <= _LINE:
        return line
    indent = begin[: len(begin) - len(begin.lstrip())]
    cut = text[: _LINE - len(indent) - 6].rstrip()
    return f'{begin}(\n{indent}    "{cut}"\n{indent}){end}'
