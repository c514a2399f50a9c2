"""Tests of what is said once an announcement is over: its report, its proof, and what staff are told."""
