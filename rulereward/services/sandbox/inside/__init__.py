"""What runs inside the sandbox: the standard library only, Python 3.8 or later, nothing else of this package.

Model-written programs run in forks of this code. It holds no expected output, and a fork finds nothing of other jobs.
"""
