"""Stripe events: stored once, applied once, tried again, given up, replayed, found where none was sent."""
