"""What is known about lessons and their readers: figures, comments, who reads a change."""
