"""The pages of `docs/<language>/reference` that are made out of the code: `make reference` writes them."""
