"""What the service remembers: accounts, questions, feedback, curated answers, and who changed what."""
