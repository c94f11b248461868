"""The engine of every device: trials trained together as one batch of networks, tensors [K, ...]."""
