"""What a release says as a mail: its HTML, its text, its bytes."""
