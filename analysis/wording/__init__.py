"""Every sentence, unit and number format: no other place makes prose."""
