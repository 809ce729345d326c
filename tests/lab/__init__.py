"""Network namespaces, processes and small files for the demo and the end-to-end tests."""
