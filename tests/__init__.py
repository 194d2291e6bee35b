"""Proofs, room by room; how a test gets a database is in conftest.py."""
