"""Alembic migrations inside the package; HEAD is the version this program needs."""

HEAD = "0008"
