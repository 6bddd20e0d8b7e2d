"""A Kedro project of three nodes that uses the hooks of lbt."""
