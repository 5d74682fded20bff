"""Takes a pack over into the site: judged against what the site says now, written by the rooms' services."""
