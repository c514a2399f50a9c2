"""What other machines post to us."""
