"""The process and its system: signals, memory, open files, clocks and the log."""
