"""The page of all sentences: example results of every kind, and what is written of them."""
