"""What happens to a page once it was downloaded. Each stage is one file; their order stands in the settings."""
