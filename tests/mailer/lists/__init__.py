"""Tests of lists that come by file and go by file."""
