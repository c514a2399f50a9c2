"""The SMTP wire, over real sockets and against a real sink."""
