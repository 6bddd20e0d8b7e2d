"""The stages as thin Kedro pipelines, each a namespace: a node calls the domain and returns tables."""
