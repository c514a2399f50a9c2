"""Tests of the ledger: claims, windows, outcomes, journals, and what a crash leaves."""
