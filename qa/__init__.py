"""A question's way: understand, retrieve, figures or passages, compose, verify."""
