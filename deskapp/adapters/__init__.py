"""One file for each thing outside that can be down."""
