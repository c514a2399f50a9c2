"""Tests of the storage floor: sealing, rotation, column types, transactions."""
