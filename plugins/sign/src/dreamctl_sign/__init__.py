"""A sign behind a barrier, seen in 3D: exploring from pixels. Importing it is light."""
