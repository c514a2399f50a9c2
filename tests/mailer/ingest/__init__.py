"""A press release comes in as a file and leaves as parts, and not a word is lost on the way."""
