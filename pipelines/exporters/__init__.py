"""From the spool into PostgreSQL: one file per table, one transaction per batch."""
