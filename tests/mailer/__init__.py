"""What we say, to whom, by what consent."""
