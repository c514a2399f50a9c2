"""What we do to Samizdat while it sends, a module for each fault; imports the product to look on."""
