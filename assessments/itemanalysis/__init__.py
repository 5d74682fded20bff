"""What first sittings say about a quiz and its questions: how hard, how telling, and which key may be wrong."""
