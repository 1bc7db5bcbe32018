"""Does it work? Measurements that anybody can run again.

- ``retrieval``   nDCG and recall over a BEIR triple
- ``bench``       speed: import, search, turn, claims; ``crash``: kill -9 in mid-turn, again and again
- ``timing``      medians and percentiles
"""

__all__: list[str] = []
