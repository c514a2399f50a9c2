"""The rules of the house that can be run; a rule nobody can run is not in CONTRIBUTING."""
