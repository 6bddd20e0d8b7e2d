"""Any server that speaks OpenAI's API."""
