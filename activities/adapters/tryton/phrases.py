"""What Tryton says when it refuses, as codes: business rules and warnings come alike, as 400 with a sentence.

The sentence is asked for in English (``Accept-Language``), whatever language the key's user reads.
"""

from __future__ import annotations

import json

OTHER = "refused"
"""The code of a refusal nothing more is known of."""
CREDIT_LIMIT = "credit_limit"
USED_ALREADY = "used_already"
WRONG_STATE = "wrong_state"
"""The record is not, or no longer, in the state the action is for."""
_CODES = {
    "you can not call": WRONG_STATE,
    "you are not allowed to modify the field": WRONG_STATE,
    "credit limit": CREDIT_LIMIT,
    "you must create a fiscal year": "period_closed",
    "you must create a period": "period_closed",
    "you must reopen the": "period_closed",
    "the number of digits": "wrong_precision",
    "a value is required": "incomplete",
    "you are not allowed": "not_allowed",
    "you do not have permission": "not_allowed",
    "you cannot modify": "too_late",
    "you cannot cancel": "too_late",
    "no longer in a draft state": "too_late",
    "has already been used": USED_ALREADY,
    "must be unique": USED_ALREADY,
}
"""Part of a sentence, in lower case, and what it means."""
_TELLING = 300


def refusal(content: bytes) -> tuple[str, str]:
    """Read code and words of a refusal; both empty where it is none of Tryton's."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(said, dict) or not isinstance(said.get("message"), str):
        return "", ""
    words = " ".join(part for part in (said["message"], said.get("description")) if isinstance(part, str) and part)
    spoken = words.lower()
    return next((code for phrase, code in _CODES.items() if phrase in spoken), OTHER), words[:_TELLING]
