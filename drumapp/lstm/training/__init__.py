"""Training: batches of events in, the best weights on held-out events out. With the network, the only room of torch.

``trainer`` takes one step after another, ``batches`` says over which events, ``run`` goes on until a limit, keeps
checkpoints and tells how it goes, ``parallel`` shares the work among processes.
"""
