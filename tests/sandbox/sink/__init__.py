"""The sink, met by a client that is not ours."""
