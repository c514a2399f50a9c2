"""Tests of pacing: how fast mail leaves, and who says so."""
