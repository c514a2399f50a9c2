"""A TCP proxy that delays, falls silent or cuts, for what stands in between. Imports no other room."""
