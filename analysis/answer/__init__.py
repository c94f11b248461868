"""The answer to one question, put together from the methods: decision, headline, caveats."""
