"""Tests of how a release is proposed, approved, started, and its audience frozen."""
