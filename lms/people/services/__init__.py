"""What is done to people: codes, imports, sign-in."""
