"""Benchmarks: every figure beside its floor, taken in turns in the same run (`make bench`)."""
