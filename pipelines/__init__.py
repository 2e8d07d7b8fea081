"""What happens to a page once it was downloaded: one stage, one file; their order stands in the settings."""
