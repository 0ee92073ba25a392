"""Source for Python 3.14 is made to run on 3.13, and nothing else about it is changed."""

from __future__ import annotations

import ast

import pytest

from ops.partners.stripe_world.adapting import adapted

_BODY = "class A:\n    def me(self) -> A: ...\n"


@pytest.mark.parametrize(
    "head",
    [
        "",
        '"""What it is."""\n',
        "# Licence\n\n# More of it\n",
        '#!/usr/bin/env python\n"""Several\n\nlines, with \\" in them."""\n\nimport os\n',
        'r"""Raw \\d."""\n',
    ],
)
def test_annotations_wait_until_somebody_asks(head: str) -> None:
    module = ast.parse(adapted(head + _BODY))

    namespace: dict[str, object] = {}
    exec(compile(module, "adapted", "exec", dont_inherit=True), namespace)  # noqa: S102 - what was written above
    assert namespace["A"]
    assert ast.get_docstring(module) == ast.get_docstring(ast.parse(head))


def test_exceptions_without_brackets_get_them() -> None:
    source = "try:\n    x = 1\nexcept ValueError, a.KeyError:\n    pass\nexcept OSError:\n    pass\n"

    assert "except (ValueError, a.KeyError):" in adapted(source)
    assert "except OSError:" in adapted(source)
    ast.parse(adapted(source))


def test_what_is_adapted_stays_as_it_is() -> None:
    once = adapted(_BODY)

    assert adapted(once) == once
