"""What runs in the sandbox's own processes: the fork server, the candidate, the examiner.

Standard library only, and nothing else of lbt: these modules are all that the processes hold besides Python.
"""
