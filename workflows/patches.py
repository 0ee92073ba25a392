"""What running orders live through: a change of their code has a name here; orders begun before it go on as they were.

The decision behind it is ops/decisions/0014.
"""

STOCK_CONTROL = "stock-control"
"""Reservations are made firm, kept while somebody thinks, and freed when a warehouse comes short."""
WHOLE_LIFE = "whole-life"
"""Short picks are sourced again, promises kept up, money written twice, and orders changed after acceptance."""
REAL_PARTNERS = "real-partners"
"""The ERP is told what leaves our stock and from which node, should it keep stock itself; parcels under one label move
together."""
SECOND_LOOK = "second-look"
"""What replenishment was refused is written down, and asked for anew some hours later, as it is wanted then. Of several
holds a rejected one ends the waiting; a hold is closed by whoever stops asking; an order that is being cancelled waits
for no stock, and takes no second wish."""
LOOSE_ENDS = "loose-ends"
"""An order whose rest is cancelled while service settles a parcel that was lost does not end before that is settled."""
