"""What Stripe's objects mean for our rows: one module for each kind.

Each has `fetch(gateway, id)`, which asks Stripe outside any transaction, and `apply(session, snapshot,
now=..)`, which asks nobody, never commits, and may be repeated. May import the rest of payments, and config.
"""
