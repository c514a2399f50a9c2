"""The tables of the mailing list, one module for each noun. Imports db only."""
