"""Judgements about what is to be learnt. No database, no clock."""
