"""The SQLAlchemy layer: Core tables, one repository a noun, one Store in front; no row or connection leaves it."""
