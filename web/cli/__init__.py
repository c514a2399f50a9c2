"""The commands behind `flask …`, one file for each noun, listed in commands.py. Imports all but worker."""
