"""The Training tab: a folder of MIDI files, what is in it, a drummer trained on it in a process of its own.

It is imported when the tab is first opened: plots and MIDI files take their time to load.
"""
