"""I8 to I11 in SQL, over the articles of one world: each select names the rows that break a law.

Written apart from the auditor, so that neither vouches for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from models.stock.quantities import PARTS_OF_ON_HAND, SET_ASIDE, StockState
from ops.proof.worlds.log import insist

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

_PARTS = " + ".join(state.value for state in PARTS_OF_ON_HAND)
_ASIDE = " + ".join(state.value for state in (*SET_ASIDE, StockState.CHANNEL_RESERVED))
_BELOW = " OR ".join(f"{state.value} < 0" for state in StockState)
_OURS = "sku IN (:first, :second)"
_OPEN = "(l.quantity - l.consumed - l.released)"


_PROMISED = (StockState.SOFT_RESERVED, StockState.ALLOCATED, StockState.PICKED)


def _differs(other: str, states: Iterable[StockState]) -> str:
    return " OR ".join(f"b.{state.value} <> COALESCE({other}.{state.value}, 0)" for state in states)


_MOVED = ", ".join(
    f"SUM(CASE WHEN state = '{state.value}' THEN quantity ELSE 0 END) AS {state.value}" for state in StockState
)
_BOOKS = f"""
WITH moved AS (SELECT sku, node, lot, {_MOVED} FROM stock_movements WHERE {_OURS} GROUP BY sku, node, lot),
promised AS (
    SELECT l.sku, l.node, l.lot,
        SUM(CASE WHEN r.state = 'held' THEN {_OPEN} - l.picked ELSE 0 END) AS soft_reserved,
        SUM(CASE WHEN r.state = 'committed' THEN {_OPEN} - l.picked ELSE 0 END) AS allocated,
        SUM(CASE WHEN r.state IN ('held', 'committed') THEN l.picked ELSE 0 END) AS picked,
        SUM(CASE WHEN r.state IN ('held', 'committed') THEN {_OPEN} ELSE 0 END) AS together
    FROM reservation_lines l JOIN reservations r ON r.key = l.reservation_key
    WHERE l.{_OURS} GROUP BY l.sku, l.node, l.lot
)
SELECT 'I8 less than nothing is available' AS law, sku, node, lot FROM stock_balances
WHERE {_OURS} AND on_hand < {_PARTS}
UNION ALL
SELECT 'I8 more is promised than there is', p.sku, p.node, p.lot FROM promised p
LEFT JOIN stock_balances b ON b.sku = p.sku AND b.node = p.node AND b.lot = p.lot
WHERE p.together > COALESCE(b.on_hand - ({_ASIDE}), 0)
UNION ALL
SELECT 'I9 below nothing', sku, node, lot FROM stock_balances WHERE {_OURS} AND ({_BELOW})
UNION ALL
SELECT 'I9 a balance is not what was moved', b.sku, b.node, b.lot FROM stock_balances b
LEFT JOIN moved m ON m.sku = b.sku AND m.node = b.node AND m.lot = b.lot
WHERE b.{_OURS} AND ({_differs("m", StockState)})
UNION ALL
SELECT 'I10 a balance is not what reservations have', b.sku, b.node, b.lot FROM stock_balances b
LEFT JOIN promised p ON p.sku = b.sku AND p.node = b.node AND p.lot = b.lot
WHERE b.{_OURS} AND ({_differs("p", _PROMISED)})
UNION ALL
SELECT 'I10 a closed reservation has something open', l.sku, l.node, l.lot
FROM reservation_lines l JOIN reservations r ON r.key = l.reservation_key
WHERE l.{_OURS} AND r.state NOT IN ('held', 'committed') AND {_OPEN} <> 0
UNION ALL
SELECT 'I10 a ring-fence is not what is set aside', b.sku, b.node, b.lot FROM stock_balances b
WHERE b.{_OURS} AND b.channel_reserved <> COALESCE((
    SELECT SUM(f.quantity) FROM ring_fences f WHERE f.sku = b.sku AND f.node = b.node AND f.lot = b.lot), 0)
"""  # noqa: S608 - names of our own columns
_SHIPPED = f"""
WITH gone AS (
    SELECT document_key, sku, node, lot,
        SUM(CASE WHEN state = 'on_hand' THEN -quantity ELSE 0 END) AS left_shelf,
        SUM(CASE WHEN state IN ('soft_reserved', 'allocated', 'picked') AND quantity < 0 THEN -quantity ELSE 0 END)
            AS claimed,
        SUM(CASE WHEN state IN ('soft_reserved', 'allocated', 'picked') AND quantity > 0 THEN quantity ELSE 0 END)
            AS swapped
    FROM stock_movements WHERE {_OURS} AND kind = 'shipment' GROUP BY document_key, sku, node, lot
)
SELECT 'I11 a lot was shipped that was neither reserved nor swapped' AS law, sku, node, lot FROM gone
WHERE left_shelf > claimed
UNION ALL
SELECT 'I11 a swap of lots is not recorded', sku, node, document_key FROM gone
GROUP BY document_key, sku, node HAVING SUM(claimed) - SUM(left_shelf) <> SUM(swapped)
"""  # noqa: S608 - names of our own columns
_LAWS = text(_BOOKS), text(_SHIPPED)


def check_laws(connection: Connection, skus: Sequence[str]) -> None:
    """Check every law over two articles.

    Raises:
        Broken: one does not hold; names it and the balance.
    """
    first, second = skus
    for laws in _LAWS:
        found = connection.execute(laws, {"first": first, "second": second}).first()
        insist(found[0] if found else "", found is None, *(found[1:] if found else ()))
