"""Does it work? Measurements that anybody can run again.

Where things live:

- ``formats``, ``suite``, ``adapters``   what is read: suites, BEIR triples, SQuAD and CLINC files
- ``runner``, ``turns``, ``storage``     running them through the product's pipeline; kept and resumed
- ``simulator``, ``personas``, ``assertions``   customers who react, and what must come of it
- ``scoring``, ``scorers``, ``support``, ``llm_judge``   what is right about one answer, turn or packet
- ``metrics``, ``bootstrap``, ``paired``  figures with intervals, and whether a difference is one
- ``items``, ``cards``, ``compare``, ``gate``, ``outcome``   a run judged, item by item and against another
- ``report*``, ``plots``, ``figures``, ``junit``, ``markdown``   a run told to people and machines
- ``history``, ``replay``                stored conversations under another policy
- ``bench*``, ``stock``, ``crash``, ``timing``   speed beside what one would otherwise build; kill -9 in mid-turn
- ``retrieval``                          nDCG and recall over a BEIR triple
"""

__all__: list[str] = []
