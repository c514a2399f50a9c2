"""Measurements that anyone can repeat: `make bench`, or `.venv/bin/python -m bench.<name>` for one."""
