"""Tests of what the environment may say, and of what a log may not."""
