"""What left us and what it costs: deliveries, invoices, credit notes, and what of them is paid."""
