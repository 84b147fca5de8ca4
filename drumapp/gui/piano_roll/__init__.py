"""The piano roll: lanes of drums through time. Coordinates, grid and note index know no Qt."""
