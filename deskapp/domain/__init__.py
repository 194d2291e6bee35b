"""The rules of the house: pure functions and frozen records, no input or output, `now` always an argument."""
