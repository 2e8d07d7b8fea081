"""The state of all sites: facts from spool and database, and which of them need a person."""
