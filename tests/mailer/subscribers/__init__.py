"""Tests of how a person asks, confirms and leaves."""
