"""What stands in for the world on one machine. Imports nothing of the product, nor the product of it."""
