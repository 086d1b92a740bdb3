"""The faces people use: HTTP, the page, the command line."""
