"""The stored news for Python: what `asiatongsin.open()` gives."""
