"""Manners towards the upstream: how much is asked at once, how long is waited, when to stop.

Each of these decides and nothing else: none of them waits, save Admission, which holds the queue.
"""
