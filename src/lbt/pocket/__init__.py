"""The embedded domain and models: learning by teaching on a laptop."""
