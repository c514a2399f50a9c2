"""Tests of the commands behind `flask …`."""
