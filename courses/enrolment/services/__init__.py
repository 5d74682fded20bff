"""Publishing tracks, enrolling people, and noticing that everything asked for is done."""
