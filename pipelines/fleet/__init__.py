"""Many papers on several machines: what is due, who crawls it, and where its archive lies."""
