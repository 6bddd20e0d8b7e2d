"""Hugging Face transformers in this process, with batches and random streams of our own."""
