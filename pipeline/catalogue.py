"""What each code means, as a title in plain words: for screens, reports and the manual. Pure.

A code is stable, so that machines can filter by it; its title is for people and may be worded better.
"""

from collections.abc import Mapping
from types import MappingProxyType

_FILES = {
    "file_binary": "Text file with bytes that no text has",
    "file_changing": "File still being written",
    "file_compressed": "Compressed file",
    "file_damaged": "Damaged file",
    "file_empty": "Empty file",
    "file_encoding": "Text in an unknown or mixed encoding",
    "file_encrypted": "Workbook with a password",
    "file_html": "Web page, not a workbook",
    "file_link": "Link in a place where none is followed",
    "file_lock": "Mark of an open workbook, not a log",
    "file_missing": "File not found",
    "file_name_not_text": "File name with bytes that are no text",
    "file_not_a_log": "Not a log",
    "file_not_copied": "No room to read the file",
    "file_numbers": "Apple Numbers document",
    "file_old_excel": "Workbook in the old .xls format",
    "file_pdf": "PDF document",
    "file_shortcut": "Shortcut to a Google sheet",
    "file_sylk": "SYLK spreadsheet",
    "file_too_large": "File too large",
    "file_too_slow": "File that takes too long to read",
    "file_unfinished": "Copy or download that has not ended",
    "file_unreadable": "File that may not be read",
    "file_unsafe": "Workbook that is not safe to open",
    "file_xml": "XML document, not a workbook",
    "not_a_file": "Folder or device, not a file",
    "quote_not_closed": "Quotation mark that is not closed",
    "results_file": "Results of an earlier run, not a log",
    "rows_cut": "Rows cut off",
    "rows_in_quotes": "Rows taken in by a quotation mark",
}
_STRUCTURE = {
    "column_twice": "Two columns for one thing",
    "header_in_two_rows": "Header over two rows",
    "header_repeated": "Header repeated among the rows",
    "mass_in_doubt": "More than one column may be the mass",
    "no_header": "No header found",
    "no_rows": "No rows",
    "ragged_row": "Row with too few or too many cells",
    "ragged_rows": "Rows that do not fit the header",
    "sheet_missing": "Sheet not found",
    "too_many_columns": "Far more columns than a log has",
    "dates_mixed": "Real dates and text dates mixed",
    "two_delimiters": "Two ways to split the columns",
    "two_headers": "More than one header",
    "unit_unclear": "Header with an unclear unit",
    "zone_unclear": "Header with an unclear time zone",
}
_CELLS = {
    "cell_too_long": "Cell with more text than a spreadsheet holds",
    "character_lost": "Character lost on the way",
    "encoding_guessed": "Letters that are only guessed",
    "error_cell": "Cell with an error",
    "formula_without_value": "Formula never calculated",
    "invisible_character": "Invisible character",
    "merged_cell": "Merged cells in place of a value in each",
    "missing": "Empty cell",
    "not_text": "Not text",
    "offset_not_shown": "Time with an offset that is not shown",
    "raised_digits": "Raised digits beside others",
    "says_ditto": "Mark for the same as above",
    "struck_through": "Value that is struck through",
    "stray_quote": "Stray quotation mark",
    "text_garbled": "Text with garbled letters",
    "too_long": "Text too long",
}
_REFERENCES = {
    "reference_like_date": "Reference that looks like a date made by a spreadsheet",
    "reference_like_latin": "Reference in letters that look like Latin ones",
    "reference_like_rounded": "Reference that looks like a shortened number",
    "reference_is_date": "Reference turned into a date",
    "reference_is_number": "Reference kept as a number",
    "reference_mangled": "One run under two spellings of its reference",
    "reference_lookalike": "Reference with characters that only look right",
    "reference_rounded": "Reference shortened by the spreadsheet",
    "reference_says_none": "No reference",
    "reference_says_total": "Total in place of a reference",
    "reference_twin": "References that are easily mistaken for one another",
}
_NAMES = {
    "unknown_facility": "Facility not known",
    "unknown_feedstock": "Feedstock not known",
}
_TIMES = {
    "date_as_number": "Number in place of a date",
    "date_as_text": "Text in a column of real dates",
    "date_could_be_two": "Date that could be two days",
    "date_in_time_column": "Date in a column of times",
    "date_missing": "Time without a date",
    "ends_before_it_starts": "End not after the start",
    "in_the_future": "Time in the future",
    "not_a_date": "Not a date",
    "not_a_time": "Not a date and time",
    "not_a_time_of_day": "Not a time of day",
    "time_happened_twice": "Time that happened twice",
    "time_in_date_column": "Time in a column of dates",
    "time_is_duration": "Duration in place of a time",
    "time_never_happened": "Time that never happened",
    "time_of_day_missing": "Date without a time",
    "timezone_unknown": "Time zone not known",
    "too_early": "Time too long ago",
    "year_of_two_digits": "Year of two digits",
}
_MASSES = {
    "money": "Price in place of a mass",
    "notation_mixed": "Numbers in two notations",
    "shown_as_negative": "Number shown as a negative one",
    "shown_as_nothing": "Number that is not shown",
    "shown_with_words": "Number shown with words",
    "decimal_mark_unknown": "Number that can be read in two ways",
    "deviation_above_mass": "Deviation above the mass itself",
    "deviation_negative": "Negative deviation",
    "mass_implausible": "Mass far from the usual",
    "mass_not_positive": "Mass that is not above zero",
    "not_a_number": "Not a number",
    "number_is_date": "Date in place of a number",
    "other_unit": "Another unit in the cell",
    "percentage": "Percentage in place of a mass",
    "shown_in_thousands": "Number shown in thousands",
    "throughput_implausible": "Mass far from what is usual in the time",
    "too_many_digits": "Too many digits",
    "unit_missing": "Unit of mass not known",
    "unit_unknown": "Not a unit of mass",
    "units_disagree": "Two units for one mass",
}
_BATCHES = {
    "not_reported": "The run died before it reported",
    "batch_has_bad_row": "Another row of the batch is wrong",
    "batch_too_long": "Batch over too many days",
    "row_repeated": "One batch in several rows",
    "rows_disagree": "One reference with different values in the log",
    "run_copied": "The same run under another reference",
    "run_twice": "The same run twice",
}
_TOLD = {
    "composed": "Letters and their accents put together",
    "deviation_left_out": "Standard deviations of zero left out",
    "float_noise": "Noise of calculation rounded off",
    "stored_not_shown": "Numbers read as stored, not as shown",
    "text_as_number": "Text read as numbers",
    "cluster_lost_work": "Workers lost, and their work done here",
    "columns_without_header": "Columns without a header",
    "header_merged": "Merged header read as one",
    "merged_cells": "Merged cells",
    "formula_unwrapped": 'Text taken out of ="…"',
    "not_marked": "Workbook without a marked copy",
    "number_as_text": "Numbers read as text",
    "number_tidied": "Numbers tidied",
    "says_none": "Words for none read as empty cells",
    "rows_above_header": "Rows above the header passed over",
    "seconds_cut": "Parts of seconds left out",
    "seconds_rounded": "Seconds rounded",
    "token_expires": "Access token expires soon",
    "total_passed_over": "Totals passed over",
    "trimmed": "Text tidied",
    "unknown_columns": "Other columns passed on",
}
_REGISTRY = {
    "being_corrected": "Batch being replaced",
    "busy": "Registry busy",
    "busy_elsewhere": "Another run is at work on it",
    "changed_meanwhile": "Changed while it was being replaced",
    "checked": "In order",
    "deleted_at_registry": "Deleted at the registry",
    "deletion_refused": "Deletion refused by the registry",
    "deletion_unknown": "Deletion without an answer",
    "denied": "Credentials refused",
    "interrupted": "Interrupted while it was sent",
    "never_left": "Registry not reached",
    "no_answer": "Sent, and no answer came",
    "not_in_ledger": "Not in the ledger",
    "not_sent": "Not sent yet",
    "not_settled": "Not settled yet",
    "not_there": "Sent, and not in the registry's list",
    "redirected": "Redirected elsewhere",
    "reference_taken": "Reference taken at the registry",
    "refused": "Refused, and not looked up yet",
    "registered_twice": "Registered twice",
    "registered_with_other_values": "Registered with other values",
    "sent_with_other_values": "Sent before with other values",
    "stored_otherwise": "Stored with other values than were sent",
    "taken_over": "Taken over by another run",
}
TITLES: Mapping[str, str] = MappingProxyType(
    _FILES | _STRUCTURE | _CELLS | _REFERENCES | _NAMES | _TIMES | _MASSES | _BATCHES | _TOLD | _REGISTRY
)
_STATUS = "http_"
FAMILIES = (f"{_STATUS}*",)
"""Codes that end with what is known only when the program runs."""


def title(code: str) -> str:
    """What a code means, in a few words without a full stop."""
    if code.startswith(_STATUS):
        return f"Refused by the registry (HTTP {code.removeprefix(_STATUS)})"
    return TITLES.get(code) or code.replace("_", " ").capitalize()
