"""One service in several processes: a keeper, and members that answer requests.

The keeper has what there is once: the address, the pool of runners, the cache of results, the sum
of all metrics. It parses no request and judges nothing. Members do that; they have their
connections from it, and borrow its runners.
"""
