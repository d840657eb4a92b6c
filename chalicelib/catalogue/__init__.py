"""The catalogue of referenced applications: what each is, what it asks, and whether it may act."""
