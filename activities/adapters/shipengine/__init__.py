"""ShipEngine (ShipStation API v1), a hub of carriers: labels and tracking."""
