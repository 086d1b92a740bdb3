"""The console: where investor-relations staff ask, explore figures, curate answers and publish reports."""
