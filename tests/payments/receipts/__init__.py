"""Tests of receipts and statements: numbers, copies, corrections, and what they add up to."""
