"""Other people's logs -> runs -> trials -> one tidy table: `kinds` read, `identity` says which setting is what."""
