"""What the drummer thinks of the music, found out in the background and shown in the roll. Qt only in its widgets."""
