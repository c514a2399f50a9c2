"""Tests of what an accountant is given."""
