"""A proposal as the text of a settings file, and what it leaves to a person. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from pipeline.propose.matching import FITS, Mapped
from pipeline.propose.names import Name
from pipeline.propose.proposal import Proposal
from pipeline.propose.template import COLUMNS, FACILITIES, FEEDSTOCKS, LOG, OTHERS, TABLES, Key, Table
from pipeline.propose.toml import comment, quoted

_COUNTS = "A line begins to count when the # before it is taken away."
_TEMPLATE = f"The settings of a plant. None of them has to be set. {_COUNTS}"
_PROPOSED = (
    "Read it through: what was guessed says why, and what a person has to say is marked “To fill in”. "
    f"{_COUNTS} “pipeline check” says what is still missing."
)
_IDS = {"facility": "fcl_…", "feedstock": "ftt_…"}
_MOST_NAMES, _SHOWN = 200, 5


def template() -> str:
    """Every setting explained, and none of them set."""
    return _joined([[*comment(_TEMPLATE)], *map(_explained, TABLES)])


def written(proposal: Proposal) -> str:
    """The settings file that is proposed. It can be loaded as it stands."""
    tables = (
        [*_heading(LOG), *_settings(proposal)],
        [*_heading(COLUMNS), *_columns(proposal)],
        [*_heading(FACILITIES), *_names("facility", proposal.facilities, proposal)],
        [*_heading(FEEDSTOCKS), *_names("feedstock", proposal.feedstocks, proposal)],
    )
    return _joined([[*_about(proposal)], *tables, *map(_explained, OTHERS)])


def to_do(proposal: Proposal) -> list[str]:
    """What a person has still to say, one sentence for each thing."""
    perhaps: dict[str, list[str]] = {}
    for each in proposal.log.matched.doubtful:
        perhaps.setdefault(each.field, []).append(quoted(each.column.header))
    refused = [f"{proposal.refused.message} {proposal.refused.remedy}"] if proposal.refused else []
    if proposal.log.matched.missing:
        refused = [
            f"[log.columns]: which column is the {field}?"
            + (f" Perhaps {_listed(perhaps[field], 'or')}." if field in perhaps else "")
            for field in proposal.log.matched.missing
        ]
    asked = [f"[log] {each.key}: {each.asks}" for each in proposal.questions]
    tables = (("facilities", proposal.facilities), ("feedstocks", proposal.feedstocks))
    names = ((table, [quoted(each.text) for each in found if _lacks_id(each)]) for table, found in tables)
    return [*refused, *asked, *(f"[{table}]: the id of {_listed(found)}." for table, found in names if found)]


def _about(proposal: Proposal) -> Iterator[str]:
    table = proposal.log.table
    sheet = f", sheet {quoted(table.sheet)}" if table.sheet else ""
    yield from comment(
        f"Proposed by “pipeline init” from {quoted(table.file)}{sheet}: the header is row "
        f"{proposal.log.header_row}, with {proposal.rows:,} rows below it. {_PROPOSED}"
    )
    if proposal.refused and not proposal.log.matched.missing:
        yield "#"
        yield from comment(f"To fix in the log: {proposal.refused.message} {proposal.refused.remedy}")


def _settings(proposal: Proposal) -> Iterator[str]:
    decided = {each.key: each for each in proposal.settings}
    for each in LOG.keys:
        setting = decided.get(each.name)
        yield ""
        yield from comment(each.says)
        if setting and setting.says:
            yield from comment(setting.says)
        if setting and setting.value is not None:
            yield f"{each.name} = {quoted(setting.value)}"
        else:
            yield f'# {each.name} = "…"' if setting and setting.asks else _example(each)


def _columns(proposal: Proposal) -> Iterator[str]:
    matched = proposal.log.matched
    for field in FITS:
        mapped = [each for each in matched.sure if each.field in {field, *_parts(field)}]
        doubtful = [each for each in matched.doubtful if each.field == field]
        if mapped:
            yield from _lines(mapped, "")
        elif field in matched.missing:
            yield from comment(f"To fill in: which column is the {field}?")
            yield from _lines(doubtful, "# ")
            if not doubtful:
                yield f'# "…" = "{field}"'
        elif columns := proposal.log.of(field):
            headers = " and ".join(quoted(each.header.strip()) for each in columns)
            yield from comment(f"{headers}: {field}, as is built in.")


def _lines(mapped: Iterable[Mapped], before: str) -> Iterator[str]:
    for reason, found in _by_reason(mapped).items():
        yield from comment(f"{reason[:1].upper()}{reason[1:]}:")
        for each in found:
            yield f'{before}{quoted(each.column.header)} = "{each.field}"'


def _by_reason(mapped: Iterable[Mapped]) -> dict[str, list[Mapped]]:
    found: dict[str, list[Mapped]] = {}
    for each in mapped:
        found.setdefault(each.reason, []).append(each)
    return found


def _parts(field: str) -> tuple[str, str]:
    return (field.replace("_at", "_date"), field.replace("_at", "_time"))


def _names(field: str, names: Sequence[Name], proposal: Proposal) -> Iterator[str]:
    if not proposal.log.of(field):
        yield from comment(f"To fill in, when it is known which column is the {field}.")
    elif not names:
        yield from comment("Not needed: the log holds the registry's ids.")
    for told in proposal.told if field == "feedstock" and names else ():
        yield from comment(told)
    if any(map(_lacks_id, names)):
        yield from comment("To fill in: the id of each.")
    for each in names[:_MOST_NAMES]:
        yield from comment(f"{each.says}:")
        yield f'{"" if each.id else "# "}{quoted(each.text)} = "{each.id or _IDS[field]}"'
    if len(names) > _MOST_NAMES:
        yield from comment(f"… and {len(names) - _MOST_NAMES:,} more names.")


def _lacks_id(name: Name) -> bool:
    return not name.id and not name.doubtful


def _explained(table: Table) -> list[str]:
    lines = _heading(table)
    for each in table.keys:
        lines += [*(["", *comment(each.says)] if each.says else []), _example(each)]
    return lines


def _example(each: Key) -> str:
    return f"# {each.name if each.name.isidentifier() else quoted(each.name)} = {each.example}"


def _heading(table: Table) -> list[str]:
    return [f"[{table.name}]", *comment(table.says)]


def _joined(parts: Iterable[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _listed(texts: Sequence[str], last: str = "and") -> str:
    shown = [*texts[:_SHOWN], *([f"{len(texts) - _SHOWN:,} more"] if len(texts) > _SHOWN else [])]
    return f" {last} ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)
