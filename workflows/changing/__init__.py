"""How an order is changed: each party that is touched is asked, and all of them agree or nothing is changed."""
