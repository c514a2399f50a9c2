"""Tests of the staff room: accounts, passwords, the audit chain."""
