"""What the sandbox ERP does besides sales."""
