"""The tasks, one module for each noun."""
