"""The staff console, one file for each noun; each blueprint is guarded in web/surfaces.py."""
