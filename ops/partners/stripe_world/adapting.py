"""Making source that is written for Python 3.14 run on 3.13: two habits of the newer language are spelt the older way.

Annotations are not evaluated since 3.14 (PEP 649): earlier, a module has to ask for that. And since 3.14 several
exceptions may be named without brackets (PEP 758).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FUTURE = "from __future__ import annotations"
_BARE_EXCEPT = re.compile(r"^(\s*except) ([\w.]+(?:, *[\w.]+)+):", re.MULTILINE)
_PROLOGUE = re.compile(r'\A(?:\s*#[^\n]*\n|\s*\n)*(?:[rR]?"""(?:[^\\]|\\.)*?""")?', re.DOTALL)
"""Comments and blank lines, and the module's docstring, if it has one: what may stand before a future import."""


def adapted(source: str) -> str:
    """Spell a module's source so that Python 3.13 reads it; what it reads already is left as it is."""
    source = _BARE_EXCEPT.sub(r"\1 (\2):", source)
    if _FUTURE in source:
        return source
    prologue = _PROLOGUE.match(source)
    end = prologue.end() if prologue else 0
    return f"{source[:end]}\n{_FUTURE}\n{source[end:]}"


def adapt(package: Path) -> None:
    """Adapt every module below a package's folder."""
    for module in package.rglob("*.py"):
        source = module.read_text(encoding="utf-8")
        module.write_text(adapted(source), encoding="utf-8")
