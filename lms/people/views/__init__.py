"""The doors of people: directory, imports, sign-in."""
