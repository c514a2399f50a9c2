"""Tests of what is kept how long of the money."""
