"""The takes of a project: their list beside the roll, and what can be done with them."""
