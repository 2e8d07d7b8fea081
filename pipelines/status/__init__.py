"""How all sites stand: facts out of spool and database, and what of them needs a person."""
