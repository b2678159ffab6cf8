"""Bugs in what an answer is taken for, and in what is kept of it."""

from tests.mutants.bug import Bug, Edit

_MEANING = "tests/protocol/test_meaning.py"
_REGISTRY = "pipeline/registry/__init__.py"

BUGS = (
    Bug(
        "other-reference-accepted",
        "An answer about another batch is believed, and its id stands beside the wrong row.",
        (Edit(_REGISTRY, "if held.supplier_reference_id != reference or not held.id:", "if not held.id:"),),
        (f"{_MEANING}::test_an_answer_about_another_batch_is_a_doubt_whatever_was_asked",),
    ),
    Bug(
        "other-id-accepted",
        "Asked about one batch, the registry tells of another, and that is what amend deletes by.",
        (Edit(_REGISTRY, "        if held.id != batch_id:\n", "        if not held.id:\n"),),
        (f"{_MEANING}::test_an_answer_about_another_batch_is_a_doubt_whatever_was_asked",),
    ),
    Bug(
        "proxy-page-is-gone",
        "A proxy's page of a 404 is taken for the registry's word that a batch is gone.",
        (
            Edit(
                "pipeline/registry/meaning.py",
                '        return Doubtful("a 404 that is not the registry\'s", 404)\n',
                "        return Gone(404)\n",
            ),
        ),
        ("tests/protocol/test_by_id.py::test_a_404_of_a_proxy_proves_nothing",),
    ),
    Bug(
        "timeout-is-refusal",
        "A 408 is taken for the registry's no, although the batch may be stored.",
        (
            Edit(
                "pipeline/registry/meaning.py", "400 <= status < 500 and status != 408", "400 <= status < 500"
            ),
        ),
        (_MEANING,),
    ),
    Bug(
        "certificate-not-verified",
        "Whoever listens on the way gets the credentials.",
        (
            Edit(
                "pipeline/transport.py",
                "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
                "    context.minimum_version = ssl.TLSVersion.TLSv1_2\n"
                "    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE\n",
            ),
        ),
        (
            "tests/security/test_transport.py::test_an_untrusted_certificate_is_fatal_and_the_server_sees_no_request",
        ),
    ),
    Bug(
        "secrets-in-the-log",
        "The access token stands in the log of the run.",
        (Edit("pipeline/redact.py", "        return _masked(text, self._all)\n", "        return text\n"),),
        ("tests/security/test_run_log.py::test_a_credential_in_what_the_log_is_told_is_masked",),
    ),
    Bug(
        "secrets-in-answers",
        "A registry that quotes the credentials has them written into ledger and report.",
        (
            Edit(
                "pipeline/transport.py",
                "    masked = redact.content(content, tails=answer.status_code != 200)\n",
                "    masked = content\n",
            ),
        ),
        ("tests/security/test_transport.py::test_credentials_that_an_answer_quotes_are_in_no_reply",),
    ),
)
