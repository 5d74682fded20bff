"""What a site holds, as a pack would say it: to be written to files, and to be compared with a pack that is loaded."""
