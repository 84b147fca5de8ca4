"""Training jobs: folders that say what to train, how far it has come and what it came to.

A job's process lives on its own; whoever looks, the window or a command, reads its folder and leaves commands there. No
Qt and no torch.
"""
