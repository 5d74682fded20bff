"""What uses what, what is broken, whose rights are missing. Rows for tables; few queries whatever the number of pages."""
