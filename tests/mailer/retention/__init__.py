"""Tests of what is kept how long."""
