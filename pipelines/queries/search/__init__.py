"""Articles found by words, site, section, reporter and time: what commands, export, page and Python ask."""
