"""How far people are in what they must learn, and what comes next."""
