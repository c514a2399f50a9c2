"""Tests of the worker: its tasks, their names and their queues."""
