"""Tests of a release's files."""
