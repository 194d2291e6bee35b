"""Data the console starts with: directory of text 5, categories, mottos, vocabularies."""
