"""Records in files for people: CSV, JSON lines, Parquet and Atom."""
