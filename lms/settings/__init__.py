"""Settings by edition: `embedded` (one command, SQLite), `production` (by environment), `test`."""
