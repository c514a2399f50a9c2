"""Tests of erasing a donor, at a sandbox's Stripe and here."""
