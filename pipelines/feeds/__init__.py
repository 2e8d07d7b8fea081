"""Files for other programs, made of what queries find."""
