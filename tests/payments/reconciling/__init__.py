"""Comparing our books with Stripe's."""
