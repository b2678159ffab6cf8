"""A log and what is said of it -> the settings of its plant, as a file to be read through. Pure.

Structure is guessed and the guess is told; a value is never guessed. What is doubtful is written as a
comment, with its reason, and what is missing as a question.
"""

from pipeline.propose.header import Top, likely_header, same_header
from pipeline.propose.log import Answers, Log, understood
from pipeline.propose.names import Known
from pipeline.propose.proposal import Proposal, propose
from pipeline.propose.text import template, to_do, written
from pipeline.propose.writing import Setting

__all__ = [
    "Answers",
    "Known",
    "Log",
    "Proposal",
    "Setting",
    "Top",
    "likely_header",
    "propose",
    "same_header",
    "template",
    "to_do",
    "understood",
    "written",
]
