"""Drumming networks: words, recipes, training, and the stepper that plays them one event at a time."""
