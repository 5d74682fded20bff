"""GIFT, Moodle's format for questions as plain text: https://docs.moodle.org/en/GIFT_format"""
