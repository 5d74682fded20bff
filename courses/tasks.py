"""Work that waits for the commit, and sweeps. A task takes ids, calls one service, and may run twice without harm."""
