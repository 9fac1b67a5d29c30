"""The public log: an append-only Merkle tree of everything that was done to certificates."""
