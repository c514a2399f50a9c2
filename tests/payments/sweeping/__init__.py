"""Sweeping Stripe's objects into our books."""
