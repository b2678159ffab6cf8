"""Bugs in what is made of the bytes of a log: encodings, quotes, widths, packed and linked files."""

from tests.mutants.bug import Bug, Edit

ENCODINGS, TEXT = "tests/hazards/test_encodings.py", "tests/hazards/test_text.py"
FILES, PACKED = "tests/hazards/test_files.py", "tests/hazards/test_packed.py"

BUGS = (
    Bug(
        "guessed-letters",
        "A batch is registered under a reference with letters that nobody wrote.",
        (
            Edit(
                "pipeline/check/written.py",
                "        return _garbled(cells) or _guessed(cells, guessed) or parse(*cells, *beside)\n",
                "        return _garbled(cells) or parse(*cells, *beside)\n",
            ),
        ),
        (f"{ENCODINGS}::test_hazard_80_a_letter_that_goes_to_the_registry_is_never_a_guess",),
    ),
    Bug(
        "garbled-letters",
        "A batch is registered as “MÃ¼ller”.",
        (
            Edit(
                "pipeline/check/written.py",
                "        return _garbled(cells) or _guessed(cells, guessed) or parse(*cells, *beside)\n",
                "        return _guessed(cells, guessed) or parse(*cells, *beside)\n",
            ),
        ),
        (ENCODINGS,),
    ),
    Bug(
        "two-encodings",
        "Half of a file is read in the encoding of its other half.",
        (Edit("pipeline/read/encoding.py", "None if UTF8_WITHIN.search(data) else ", ""),),
        (f"{ENCODINGS}::test_hazard_80_two_encodings_in_one_file_refuse_it",),
    ),
    Bug(
        "rows-in-quotes",
        "Ditto marks make one row of two: a batch is registered with the mass of another.",
        (
            Edit(
                "pipeline/read/text.py",
                "        if number > header and marks.takes_in_rows(raw, fields, width):\n",
                "        if number < header and marks.takes_in_rows(raw, fields, width):\n",
            ),
        ),
        (TEXT,),
    ),
    Bug(
        "stray-quotes",
        "A batch is registered under a reference with quotes that only CSV meant.",
        (
            Edit(
                "pipeline/read/text.py",
                '        cells[column] = Broken(fields[column], "quote")\n',
                "        cells[column] = fields[column]\n",
            ),
        ),
        (f"{TEXT}::test_hazard_82_a_stray_quote_in_a_field_of_the_log_refuses_its_row",),
    ),
    Bug(
        "wide-rows",
        "A doubled delimiter moves a value out of its column, and the batch is registered without it.",
        (
            Edit(
                "pipeline/check/rows.py",
                "    if header.sheet or len(cells) == wide:\n",
                "    if header.sheet or (len(cells) >= wide and not any(texts[wide:])):\n",
            ),
        ),
        (
            f"{TEXT}::test_hazard_84_a_doubled_delimiter_before_empty_cells_is_not_taken_for_the_end_of_the_row",
        ),
    ),
    Bug(
        "followed-link",
        "Who may drop files has the program read, and quote, a file that they may not read.",
        (
            Edit(
                "pipeline/run/world.py",
                "        return replace(self, read=partial(self.read, links=False))\n",
                "        return replace(self, read=partial(self.read, links=True))\n",
            ),
        ),
        (
            f"{FILES}::test_hazard_77_a_link_that_takes_a_file_s_place_after_it_was_found_is_not_followed_either",
        ),
    ),
    Bug(
        "half-an-archive",
        "A packed log that is still being copied is refused as damaged.",
        (
            Edit(
                "pipeline/inbox.py",
                "    except EOFError:\n        return True\n",
                "    except EOFError:\n        return False\n",
            ),
        ),
        (f"{FILES}::test_hazard_68_half_a_gzip_archive_waits_until_it_is_whole",),
    ),
    Bug(
        "unbounded-archive",
        "A small archive fills the memory.",
        (
            Edit(
                "schemas/run_log/packed.py",
                "    return min(MOST, max(_SMALL, _RATIO * size))\n",
                "    return MOST\n",
            ),
        ),
        (PACKED,),
    ),
    Bug(
        "unquoted-names",
        "Who follows the last line of the screen runs what the name of a dropped file says.",
        (
            Edit(
                "pipeline/report/next_step.py",
                '        return shlex.quote(words.replace("$", "$$"))\n',
                "        return f'\"{words}\"'\n",
            ),
        ),
        ("tests/hazards/test_typed_names.py",),
    ),
)
