"""Requests and the caps on them: what a flood can and cannot do."""
