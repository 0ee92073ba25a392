"""How Stripe is spoken to: through its SDK, read strictly, and what it says in our words."""
