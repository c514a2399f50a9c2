"""Tests of `make run`: real servers, real processes; only the product is a stand-in."""
