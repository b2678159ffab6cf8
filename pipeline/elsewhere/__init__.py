"""Files that lie elsewhere: their addresses, and what is read and written there, through fsspec."""

from pipeline.elsewhere.expanding import places
from pipeline.elsewhere.failures import NotHadError
from pipeline.elsewhere.place import Nowhere, Place, Remote, place_of
from pipeline.elsewhere.putting import put_all

__all__ = ["NotHadError", "Nowhere", "Place", "Remote", "place_of", "places", "put_all"]
