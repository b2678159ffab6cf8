"""One run on many machines: Dask carries files and batches to its workers, and all share one ledger.

Only what is slow is given away: reading a file with checking it, and delivering a part of the batches. All
that spans them stays with the head, which is the run itself: repeated references, medians, kin, the report.

A worker delivers its part as a run of its own, with its own claims, intents and lease. So everything that
holds for runs at the same time holds here: a worker may be killed, stopped or cut off at any moment, and Dask
may do a part twice, and still no batch is sent by two.
"""

from pipeline.cluster.hiring import crew

__all__ = ["crew"]
