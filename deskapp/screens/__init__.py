"""One screen a module: it shows, asks and routes."""
