"""What is heard: device, soundfont, effects; audio exports; how evenly time is kept."""
