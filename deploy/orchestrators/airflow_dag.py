"""The night as an Airflow DAG (TaskFlow): the library does the work, Airflow the schedule and the retries.

Put it into the DAGs folder of an Airflow in whose environment this program is installed, and set
BIOCHAR_PLANT to the folder of the plant's pipeline.toml. Messages to people are sent by the program itself.
"""

import datetime as dt
import os
from pathlib import Path

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from pipeline.errors import SettingsError
from pipeline.run import nightly
from pipeline.settings import Options, load

HEALS = (3, 5)
"""Exit codes that running again heals: stopped early, or another run is at work."""
DONE = (0, 1)
"""Every row is as wanted; or rows need a person, who has been told: nothing a retry could do."""


@dag(
    schedule="15 2 * * *", start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), catchup=False, max_active_runs=1
)
def biochar_night() -> None:
    """One task: the inbox is uploaded, and what came of it is told."""

    @task(retries=3, retry_delay=dt.timedelta(minutes=30))
    def upload_inbox() -> dict[str, object]:
        """The exit code and the counts; failed without a retry when a person has to see to the settings."""
        plant = Path(os.environ["BIOCHAR_PLANT"])
        try:
            settings = load(folder=plant, environ=os.environ, options=Options(nightly=True))
        except SettingsError as wrong:
            raise AirflowFailException(str(wrong)) from wrong
        ended = nightly(settings)
        if ended.exit_code in HEALS:
            raise AirflowException(ended.failure or f"ended with {ended.exit_code}: running again heals it")
        if ended.exit_code not in DONE:
            raise AirflowFailException(ended.failure or f"ended with {ended.exit_code}")
        return {
            "exit_code": ended.exit_code,
            "run": ended.report.run_id if ended.report else "",
            "rows": len(ended.report.rows) if ended.report else 0,
            "waiting_for_a_person": len(ended.waiting),
        }

    upload_inbox()


night = biochar_night()

if __name__ == "__main__":
    night.test()
