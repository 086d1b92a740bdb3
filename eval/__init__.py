"""Is it right? Cases, scorers, gate."""
