"""The compiled part of the engine, in a folder of its own: the disk cache compiles anew when a file here changes."""
