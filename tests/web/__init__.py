"""HTTP speaks here."""
