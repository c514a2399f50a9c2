"""Tests of the sandbox's Stripe; imports sandbox.stripe and the real client library."""
