"""Applications ask, persons consent, and only then get tokens: OAuth 2, SMART App Launch 2."""
