"""Readers: a file becomes a Report, one function each."""
