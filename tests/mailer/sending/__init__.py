"""Tests of the sending engine, against a real sink."""
