"""How people and rosters arrive in files."""
