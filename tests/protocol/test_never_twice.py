"""Any sequence of runs, corrections, checks, faults, power cuts, lost ledgers and corrected logs."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.errors import PipelineError
from pipeline.local_registry.conduct import Conduct
from pipeline.model import Report
from tests.protocol.plant import Plant, Power, PowerCutError

WELL = {"created", "already_registered"}
FAULTS = st.sampled_from(
    [
        "",
        "lose-answer:every=2",
        "lose-answer:share=0.5,seed=1",
        "error-500:share=0.5,seed=2",
        "error-502-after:share=0.5,seed=3",
        "drop-before:first=2",
        "truncated-after:nth=2",
        "bad-json-after:nth=1",
        "wrong-reference-after:nth=3",
        "html-200:nth=2",
        "429:first=2,retry_after=1",
        "429:first=1,form=date,retry_after=3",
        "reject-422:nth=2",
        "reject-400:nth=1",
        "401:from=3",
        "redirect:nth=2",
        "error-500:from=1,on=list",
        "long-total:first=1,on=list",
        "lose-answer:from=1; error-500:from=1,on=list",
    ]
)
FAULTS_OF_AN_AMEND = FAULTS | st.sampled_from(
    [
        "lose-answer:on=delete,nth=1",
        "error-500:on=delete",
        "error-502-after:on=delete,nth=1",
        "reject-409:on=delete",
        "403:on=delete",
        "lose-answer:on=delete,nth=1; lose-answer:on=post,nth=1",
    ]
)
CONDUCTS = st.builds(
    Conduct,
    duplicates=st.sampled_from(["409", "400", "422", "allow"]),
    order=st.sampled_from(["ascending", "descending"]),
)
CUTS = st.one_of(st.just(0), st.integers(1, 90))
CUTS_OF_AN_AMEND = st.one_of(st.just(0), st.integers(30, 130))


class NeverTwice(RuleBasedStateMachine):
    """One plant, one registry; the log grows and is corrected, and every run may die."""

    @initialize(conduct=CONDUCTS)
    def begin(self, conduct: Conduct) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.conduct = conduct
        self.masses = {"B-001": 1, "B-002": 2, "B-003": 3}
        self.plant = Plant(self.folder)
        self.plant.write(self.masses)
        self.corrected = False

    @rule(faults=FAULTS, cut=CUTS)
    def upload(self, faults: str, cut: int) -> None:
        try:
            report = self.plant.upload(faults, conduct=self.conduct, power=Power(cut))
        except PowerCutError:
            return
        self.says_nothing_false(report)

    @rule(which=st.integers(0, 5), faults=FAULTS_OF_AN_AMEND, cut=CUTS_OF_AN_AMEND)
    def amend(self, which: int, faults: str, cut: int) -> None:
        wanted = self.plant.wanted() or sorted(self.masses)
        reference = wanted[which % len(wanted)]
        try:
            report = self.plant.amend(reference, faults=faults, conduct=self.conduct, power=Power(cut))
        except (PowerCutError, PipelineError):
            return
        self.says_nothing_false(report)

    @rule(which=st.integers(0, 5))
    def a_log_is_corrected_and_uploaded(self, which: int) -> None:
        self.a_mass_is_changed(which)
        self.says_nothing_false(self.plant.upload(conduct=self.conduct))

    @rule(cut=CUTS)
    def reconcile(self, cut: int) -> None:
        with suppress(PowerCutError):
            self.plant.reconcile(conduct=self.conduct, power=Power(cut))

    @rule()
    def a_row_is_added(self) -> None:
        if len(self.masses) < 6:
            self.masses[f"B-{len(self.masses) + 1:03}"] = len(self.masses) + 1
            self.plant.write(self.masses)

    @rule(which=st.integers(0, 5))
    def a_mass_is_changed(self, which: int) -> None:
        reference = sorted(self.masses)[which % len(self.masses)]
        self.masses[reference] += 10
        self.corrected = True
        self.plant.write(self.masses)

    @rule()
    def the_ledger_is_lost(self) -> None:
        shutil.rmtree(self.folder / ".pipeline", ignore_errors=True)

    @invariant()
    def no_reference_is_held_twice(self) -> None:
        assert not [reference for reference, times in self.plant.held().items() if times > 1]

    def says_nothing_false(self, report: Report) -> None:
        held = self.plant.held()
        for row in report.rows:
            if row.outcome.word in WELL:
                assert held[row.reference] == 1, (row.reference, row.outcome)
            if row.outcome.word == "rejected":
                assert held[row.reference] == 0, (row.reference, row.outcome)

    def teardown(self) -> None:
        report = self.plant.upload(conduct=self.conduct)
        self.says_nothing_false(report)
        words = {row.outcome.word for row in report.rows}
        assert words <= (WELL | {"conflict"} if self.corrected else WELL), words
        assert len(report.rows) == len(self.masses)
        shutil.rmtree(self.folder)


NeverTwice.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
TestNeverTwice = NeverTwice.TestCase
