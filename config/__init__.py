"""What the environment said: frozen, typed settings, the limits, and logging. Imports no other room."""
