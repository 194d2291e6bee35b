"""Parts of the glass: they know records, never the desk."""
