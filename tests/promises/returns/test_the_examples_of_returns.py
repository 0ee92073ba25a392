"""The published examples of returns are what the API reads and writes."""

from __future__ import annotations

import json

from api.returns import examples
from api.returns.bodies import InspectionBody, ReceiptBody, ReturnDecisionBody, WithdrawalBody
from api.returns.views import AcceptedReturn, ReturnAnswer
from models.returns.request import LooseReturnRequest, ReturnRequest


def test_the_examples_of_returns_are_read_and_written() -> None:
    for model, example in (
        (ReturnRequest, examples.RETURN_REQUEST),
        (LooseReturnRequest, examples.LOOSE_RETURN),
        (ReceiptBody, examples.RECEIPT),
        (InspectionBody, examples.INSPECTION),
        (ReturnDecisionBody, examples.RETURN_DECISION),
        (WithdrawalBody, examples.WITHDRAWAL),
        (AcceptedReturn, examples.ACCEPTED_RETURN),
        (AcceptedReturn, examples.ACCEPTED_LOOSE),
        (ReturnAnswer, examples.RETURN_ANSWER),
    ):
        assert model.model_validate_json(json.dumps(example))
