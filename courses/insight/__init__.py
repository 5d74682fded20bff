"""What authors are told about their lessons: who reads them to the end, what fails, what readers say."""
