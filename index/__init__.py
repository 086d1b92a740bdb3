"""A report's way in: read, chunk, figures, embed, snapshot."""
