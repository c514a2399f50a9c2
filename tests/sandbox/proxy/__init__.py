"""Tests of the proxy; imports sandbox.proxy."""
