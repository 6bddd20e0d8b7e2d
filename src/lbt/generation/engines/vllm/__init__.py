"""vLLM in a child process on this machine."""
