"""Tryton as the ERP: masters and credit, orders of record, deliveries, invoices and credit notes, purchases."""
