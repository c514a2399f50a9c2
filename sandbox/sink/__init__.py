"""A mail server that keeps what it accepts and misbehaves by script. Imports no other room."""
