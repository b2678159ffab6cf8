"""What waits for a person, remembered from night to night: rules, and the words of a message. Pure."""

from pipeline.outstanding.entry import Changes, Entry, changed, counted, of_files
from pipeline.outstanding.rows import after_amend, noted, settled_elsewhere
from pipeline.outstanding.telling import Message, Night, age, told

__all__ = [
    "Changes",
    "Entry",
    "Message",
    "Night",
    "after_amend",
    "age",
    "changed",
    "counted",
    "noted",
    "of_files",
    "settled_elsewhere",
    "told",
]
