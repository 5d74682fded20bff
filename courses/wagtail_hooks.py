"""What this app adds to the back office."""
