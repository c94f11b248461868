"""From any table to a checked, tidy one: reading, plan, metric, counts, images, pairs."""
