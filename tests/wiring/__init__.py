"""Tests of what is chosen in one place: broker and bell."""
