"""Plans over a real Stripe on the wire."""
