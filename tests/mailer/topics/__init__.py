"""Tests of how topics come and go."""
