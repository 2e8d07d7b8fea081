"""The web page: what is stored, to be looked at with a browser. It reads and changes nothing."""
