"""What authors should know about their material: what uses what, what is broken, whose rights are missing. Reads only."""
