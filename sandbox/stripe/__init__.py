"""Stands in for Stripe: its API, its events, its clock. Imports nothing of the product."""
