"""Tryton, the free ERP, as a server of its own: installed, its books prepared, started."""
