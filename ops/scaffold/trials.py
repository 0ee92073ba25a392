"""The contract test of a new adapter: it runs at once, and each failure says what to write next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.scaffold.writing import called, imports, title

if TYPE_CHECKING:
    from ops.scaffold.kinds import Kind, Place
    from ops.scaffold.protocols import Attribute, Described, Method

_NOWHERE = "http://127.0.0.1:1"
_KNOWN = {"url": f'"{_NOWHERE}"'}


def trial(kind: Kind, name: str, contract: Described, books: Described, stand: tuple[Place, Described] | None) -> str:
    """Write the test's file.

    Args:
        kind: what the system is.
        name: its name.
        contract: what every system of the kind passes.
        books: what the contract needs to look at the system past the adapter.
        stand: what else the suite is given, and where that is written.
    """
    made = title(name)
    text = _HEAD + (_MADE if stand is None else _STAND)
    values = {
        "KIND": kind.name,
        "MADE": made,
        "ADAPTER": f"{made}{kind.suffix}",
        "CONTRACT": kind.contract.name,
        "NOUN": kind.noun,
        "PORT": kind.port.name,
        "SETTINGS": f'"{name}", settings' if kind.name == "channel" else "settings",
        "TYPES": _types(kind, name, books, stand),
        "BOOKS": _books(made, name, books),
        "LEFT": "".join(_left(kind.contract.name, each) for each in contract.attributes if each.left_open),
        "GIVEN": "" if stand is None else "".join(map(_given, stand[1].attributes)),
    }
    for word, value in values.items():
        text = text.replace(f"<{word}>", value)
    return text


def _types(kind: Kind, name: str, books: Described, stand: tuple[Place, Described] | None) -> str:
    used = books.imports | {
        f"{title(name)}{kind.suffix}": f"activities.adapters.{name}.adapter",
        "PartnerSettings": "models.settings",
        kind.contract.name: kind.contract.module,
        "Unwritten": "tests.contracts.unwritten",
        "unwritten": "tests.contracts.unwritten",
    }
    if stand is None:
        used |= {kind.port.name: kind.port.module}
    else:
        used |= {
            "AsyncIterator": "collections.abc",
            "between": "tests.contracts.between",
            stand[0].name: stand[0].module,
        }
    return imports(used, ("pytest",))


def _given(attribute: Attribute) -> str:
    if attribute.name in _IN_HAND:
        return ""
    said = f"Stand.{attribute.name}: {attribute.meaning}"
    return called(f"            {attribute.name}=Unwritten", said, ",") + "\n"


def _books(made: str, name: str, books: Described) -> str:
    attributes = "".join(_attribute(made, name, each) for each in books.attributes)
    methods = "\n\n".join(_looking(made, each) for each in books.methods)
    return f"{attributes}\n{methods}" if attributes else methods


def _attribute(made: str, name: str, attribute: Attribute) -> str:
    known = _KNOWN | {"channel": f'"{name}"'}
    if attribute.name in known:
        return f"    {attribute.name} = {known[attribute.name]}\n"
    return called(f"    {attribute.name} = Unwritten", f"{made}Books.{attribute.name}: {attribute.meaning}") + "\n"


def _looking(made: str, method: Method) -> str:
    named = ", ".join((f'"{made}Books.{method.name}"', *method.arguments))
    return f"{method.text}\n        unwritten({named})"


def _left(contract: str, attribute: Attribute) -> str:
    return f'    {attribute.name} = Unwritten("{attribute.name}, as {contract} explains it")\n'


_HEAD = '''"""<MADE> keeps the contract of <NOUN>: what fails says what is to be written next.

Where <MADE> cannot do something, its test is named in `exceptions`, with the reason. Software that is installed for
the test, or is somebody's service, makes it `pytestmark = pytest.mark.real`.
"""

from __future__ import annotations

<TYPES>


class <MADE>Books:
    """<MADE>, looked at past the adapter: by another way than the adapter's own."""

<BOOKS>


'''

_MADE = '''@pytest.fixture
def books() -> <MADE>Books:
    return <MADE>Books()


class Test<ADAPTER>(<CONTRACT>):
    """<MADE> passes what <NOUN> passes."""

<LEFT>
    def make(self, url: str, timeout_s: float) -> <PORT>:
        settings = PartnerSettings(url=url, timeout_s=timeout_s)
        return <ADAPTER>(<SETTINGS>)
'''

_STAND = '''@pytest.fixture
async def <KIND>() -> AsyncIterator[Stand]:
    async with between("http://127.0.0.1:1") as way:
        adapter = <ADAPTER>(PartnerSettings(url=way.url))
        hasty = <ADAPTER>(PartnerSettings(url=way.url, timeout_s=0.5))
        yield Stand(
            adapter=adapter,
            way=way,
            books=<MADE>Books(),
            hasty=hasty,
<GIVEN>        )
        await adapter.close()
        await hasty.close()


class Test<ADAPTER>(<CONTRACT>):
    """<MADE> passes what <NOUN> passes."""
'''
_IN_HAND = ("adapter", "way", "books", "hasty")
