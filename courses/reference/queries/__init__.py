"""What readers look up and keep, as rows for screens."""
