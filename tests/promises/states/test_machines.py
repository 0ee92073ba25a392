"""Every state machine is a whole table, and an illegal move raises and names both ends."""

from __future__ import annotations

from enum import StrEnum

import pytest

from models.states.fulfilment import FULFILMENT, SHIPMENT, FulfilmentState, ShipmentState
from models.states.hold import HOLD, QUEUES, HoldKind, HoldState
from models.states.lifecycle import LIFECYCLE, Lifecycle
from models.states.machine import IllegalTransition, Machine
from models.states.payment import PAYMENT, PaymentState
from models.stock.reservation import RESERVATION

MACHINES = [LIFECYCLE, PAYMENT, FULFILMENT, SHIPMENT, HOLD, RESERVATION]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_pair_of_states_is_either_in_the_table_or_raises(machine: Machine[StrEnum]) -> None:
    for before, allowed in machine.moves.items():
        for after in machine.moves:
            if after in allowed or after is before:
                assert machine.move(before, after) is after
            else:
                with pytest.raises(IllegalTransition, match=f"from {before} to {after}"):
                    machine.move(before, after)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_life_can_end(machine: Machine[StrEnum]) -> None:
    ending = {state for state in machine.moves if machine.is_final(state)}
    while True:
        more = {state for state, after in machine.moves.items() if after & ending} - ending
        if not more:
            break
        ending |= more
    assert ending == set(machine.moves)


def test_what_has_ended_stays_ended() -> None:
    for final in (Lifecycle.COMPLETED, Lifecycle.CANCELLED, Lifecycle.REJECTED):
        assert LIFECYCLE.is_final(final)
    assert SHIPMENT.is_final(ShipmentState.DELIVERED)
    assert not SHIPMENT.is_final(ShipmentState.LOST)
    assert PAYMENT.is_final(PaymentState.REFUNDED)
    assert FULFILMENT.is_final(FulfilmentState.CANCELLED)
    assert HOLD.is_final(HoldState.REJECTED)


def test_each_kind_of_hold_has_an_owner_who_knows_what_the_answers_do() -> None:
    assert set(QUEUES) == set(HoldKind)
    assert all(queue.owner and queue.approve and queue.reject for queue in QUEUES.values())


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


def test_a_table_that_forgets_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="it lacks"):
        Machine("light", Light.RED, {Light.RED: frozenset({Light.GREEN}), Light.GREEN: frozenset()})


def test_a_state_nobody_can_reach_is_refused() -> None:
    moves = {
        Light.RED: frozenset({Light.GREEN}),
        Light.GREEN: frozenset({Light.RED}),
        Light.BLUE: frozenset({Light.RED}),
    }
    with pytest.raises(ValueError, match="cannot be reached"):
        Machine("light", Light.RED, moves)
