"""The journal of the last refreshes, outside the process's memory or in it."""
