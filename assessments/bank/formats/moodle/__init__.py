"""Moodle's XML of question banks: https://docs.moodle.org/en/Moodle_XML_format"""
