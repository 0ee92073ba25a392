"""What must never stand in a log: personal data, card numbers and secrets are struck out before a line is written.

Two nets, since each has holes. A field is struck out by its name (`email`, `api_key`...), whatever it holds; any text
is searched for what gives itself away by its form. Ids of ours are passed as they are: a shop's order numbers may look
like a card's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import MutableMapping

STRUCK = "[redacted]"

_IDS = frozenset({"order_id", "external_id", "workflow_id", "run_id", "trace_id", "span_id"})
_ID = re.compile(r"[\w:.~%-]{1,300}")
_ORDER_ID = re.compile(r"(order(?::|%3A)[a-z][a-z0-9_]*(?::|%3A)(?![\w.~-]*@)[\w.~-]+)")
_PRIVATE = re.compile(
    r"(?:^|_)(?:e?mail|phone|telephone|mobile|recipient|address|street|postcode|iban|pan|card|cvc|cvv|password|"
    r"passphrase|pwd|secret|token|authorization|authorisation|cookie|credential|api_?key|pepper|signature)s?$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_CARD_DIGITS = range(13, 20)
_PHONE = re.compile(
    r"(?<![\w+])\+\d{1,3}[ .()/-]*\d(?:[ .()/-]{0,2}\d){5,12}"  # +49 30 901820
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}\b|(?<![\w.-])\d{3}(?P<mark>[.-])\d{3}(?P=mark)\d{4}(?![\w-])"  # (212) 555-0100
    r"|(?<![\w.:+-])0\d{1,4}[ /-]\d{3,4}(?:[ -]?\d{2,4}){1,2}(?![\w-])"  # 030 901820
)
_SECRET = re.compile(
    r"\bol_live_\w+|\bwhsec_[\w+/=-]+|\b[sr]k_(?:live|test)_\w+|\bshp(?:at|ss|ca|pa)_\w+"  # keys known by their prefix
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # a JSON Web Token
    r"|(?<=\bBearer )[^\s\"',]+|(?<=\bBasic )[A-Za-z0-9+/=]{8,}",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+(?=@)")
_ASSIGNED = re.compile(
    r"(?P<name>\b[\w-]*(?:password|passwd|secret|token|api[_-]?key|pepper)[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&]+",
    re.IGNORECASE,
)


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Strike out of one log line what must not be in it; a structlog processor, the last before rendering."""
    for name, value in event.items():
        event[name] = _of_field(name, value)
    return event


def redacted(text: str) -> str:
    """Strike out of a text what gives itself away by its form; our orders' ids stay readable."""
    # Splitting by a pattern with one group leaves the ids at the odd places.
    return "".join(part if place % 2 else _searched(part) for place, part in enumerate(_ORDER_ID.split(text)))


def _searched(text: str) -> str:
    # A password in an address goes first: what is left of it must not pass for an e-mail address.
    text = _IN_ADDRESS.sub(rf"\1:{STRUCK}", text)
    text = _SECRET.sub(STRUCK, text)
    text = _ASSIGNED.sub(rf"\g<name>{STRUCK}", text)
    text = _EMAIL.sub(_email, text)
    text = _CARD.sub(_card, text)
    return _PHONE.sub(STRUCK, text)


def _of_field(name: str, value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    if name in _IDS and isinstance(value, str) and _ID.fullmatch(value):
        return value
    if _PRIVATE.search(name):
        return STRUCK
    return _of_value(value)


def _of_value(value: object) -> object:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, int):
        return STRUCK if redacted(str(value)) == STRUCK else value
    if isinstance(value, Mapping):
        return {str(name): _of_field(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_of_value(inner) for inner in value]
    return value if value is None or isinstance(value, float) else redacted(str(value))


def _email(found: re.Match[str]) -> str:
    # The user name before a database's host was left by the net for passwords, and tells whose password it was.
    return found[0] if found[0].startswith(f"{STRUCK[-1]}@") else STRUCK


def _card(found: re.Match[str]) -> str:
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    return STRUCK if len(digits) in _CARD_DIGITS and _luhn(digits) else found[0]


def _luhn(digits: list[int]) -> bool:
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
