"""The night as a Dagster asset with a job and a schedule: the library does the work, Dagster the retries.

Load it with `dagster dev -f dagster_job.py` in an environment in which this program is installed, and set
BIOCHAR_PLANT to the folder of the plant's pipeline.toml. Messages to people are sent by the program itself.
"""

import os
from pathlib import Path

import dagster

from pipeline.errors import SettingsError
from pipeline.run import nightly
from pipeline.settings import Options, load

HEALS = (3, 5)
"""Exit codes that running again heals: stopped early, or another run is at work."""
DONE = (0, 1)
"""Every row is as wanted; or rows need a person, who has been told: nothing a retry could do."""


@dagster.asset
def registered_batches() -> dagster.MaterializeResult:
    """The batches of the inbox, at the registry. Its metadata say what became of the rows."""
    plant = Path(os.environ["BIOCHAR_PLANT"])
    try:
        settings = load(folder=plant, environ=os.environ, options=Options(nightly=True))
    except SettingsError as wrong:
        raise dagster.Failure(str(wrong), allow_retries=False) from wrong
    ended = nightly(settings)
    if ended.exit_code in HEALS:
        raise dagster.RetryRequested(max_retries=3, seconds_to_wait=1800)
    if ended.exit_code not in DONE:
        raise dagster.Failure(
            ended.failure or f"ended with {ended.exit_code}",
            metadata={"exit_code": ended.exit_code},
            allow_retries=False,
        )
    return dagster.MaterializeResult(
        metadata={
            "exit_code": ended.exit_code,
            "run": ended.report.run_id if ended.report else "",
            "rows": len(ended.report.rows) if ended.report else 0,
            "waiting_for_a_person": len(ended.waiting),
        }
    )


night_job = dagster.define_asset_job("biochar_night", selection=[registered_batches])
every_night = dagster.ScheduleDefinition(job=night_job, cron_schedule="15 2 * * *")
definitions = dagster.Definitions(assets=[registered_batches], jobs=[night_job], schedules=[every_night])

if __name__ == "__main__":
    ended_run = definitions.resolve_job_def("biochar_night").execute_in_process()
    raise SystemExit(not ended_run.success)
