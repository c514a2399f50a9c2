"""Tests of what other sites ask in JSON."""
