"""What stands in for the world on one machine. Imports nothing of the product, and the product nothing of it."""
