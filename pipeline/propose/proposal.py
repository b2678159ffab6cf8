"""What a settings file for a log would say, and what it leaves open. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence

from msgspec import Struct

from pipeline.check import check
from pipeline.model import Refusal
from pipeline.propose.log import Answers, Log
from pipeline.propose.matching import Mapped
from pipeline.propose.names import Known, Name, names_of
from pipeline.propose.writing import Setting, settings_of
from schemas.convention import Convention


class Proposal(Struct, frozen=True):
    """What a settings file for a log would say, and what it leaves open.

    `rows` are those that would be read. `told` are sentences about names that were looked up; `refused` is
    why the log would still be refused.
    """

    log: Log
    settings: tuple[Setting, ...]
    facilities: tuple[Name, ...]
    feedstocks: tuple[Name, ...]
    rows: int
    told: tuple[str, ...] = ()
    refused: Refusal | None = None

    @property
    def sure(self) -> Sequence[Mapped]:
        return self.log.matched.sure

    @property
    def questions(self) -> list[Setting]:
        """The settings that a person has to say."""
        return [each for each in self.settings if each.asks and each.value is None]


def propose(
    log: Log, answers: Answers, known: Sequence[Known], told: Sequence[str], now: dt.datetime
) -> Proposal:
    """Settings for a log. `known` are the registry's feedstock types, `told` what came of asking for them."""
    settings = tuple(settings_of(log, answers))
    facilities, feedstocks = names_of(log, "facility"), names_of(log, "feedstock", known)
    values = {each.key: each.value for each in settings if each.value is not None}
    mapped = {each.column.header: each.field for each in log.matched.sure}
    judged = check(log.table, _convention(values, mapped), now)
    refused = judged if isinstance(judged, Refusal) else None
    rows = log.rows if isinstance(judged, Refusal) else len(judged.rows)
    return Proposal(log, settings, tuple(facilities), tuple(feedstocks), rows, tuple(told), refused)


def _convention(values: Mapping[str, str], mapped: dict[str, str]) -> Convention:
    return Convention(**values, columns=mapped)  # type: ignore[arg-type]  # each value is one that its setting can have
