"""What trains: the stacked engine, the fused one, and the book's code as their reference."""
