"""What browsers send: learners while sitting a quiz, and those who mark, correct and run exams."""
