"""A subscriber decides for themselves: by fresh links, without an account."""
