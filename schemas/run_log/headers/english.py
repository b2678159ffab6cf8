"""English headers. Not here, because logs mean other things by them: run, name, output, yield, wet mass."""

from schemas.run_log.headers.table import table

ENGLISH = table(
    supplier_reference_id="""
        Batch ref | Batch ID | Batch no. | Batch number | Batch reference | Batch code | Batch # | Batch
        Production batch | Production batch ID | Production batch no. | Production batch number
        Supplier reference ID | Supplier reference | Reference ID | Reference no. | Reference number
        Reference | Ref. | Ref. no.
        Run ID | Run no. | Run number | Run ref | Run reference | Run # | Production run ID
        Lot | Lot ID | Lot no. | Lot number | Lot # | Charge no. | Charge number
    """,
    facility="""
        Facility | Facility ID | Facility name | Production facility
        Kiln | Kiln ID | Kiln name | Kiln no. | Kiln number
        Reactor | Reactor ID | Reactor name | Reactor no. | Retort | Retort ID | Pyrolyser | Pyrolyzer
        Pyrolysis unit | Pyrolysis plant | Plant | Plant ID | Plant name | Site | Site ID | Site name
        Production site
    """,
    feedstock="""
        Feedstock | Feedstocks | Feedstock ID | Feedstock IDs | Feedstock type | Feedstock types
        Feedstock type ID | Feedstock type IDs | Feedstock name | Biomass | Biomass type
    """,
    started_at="""
        Started at | Start | Started | Start at | Start date/time | Start date and time
        Start timestamp | Run start | Batch start | Production start
        Production started | Start of production | Start of run | Pyrolysis start | Start of pyrolysis
    """,
    started_date="""
        Start date | Started date | Date started | Date of start | Started on | Run start date
        Batch start date | Production start date | Pyrolysis start date
    """,
    started_time="""
        Start time | Started time | Time started | Time of start | Run start time
        Batch start time | Production start time | Pyrolysis start time
    """,
    ended_at="""
        Ended at | End | Ended | End at | End date/time | End date and time
        End timestamp | Run end | Batch end | Production end | Production ended | End of production
        End of run | Pyrolysis end | End of pyrolysis | Finish | Finished | Finished at | Stop | Stopped
        Stopped at
    """,
    ended_date="""
        End date | Ended date | Date ended | Date of end | Ended on | Run end date | Finish date | Stop date
        Batch end date | Production end date | Pyrolysis end date
    """,
    ended_time="""
        End time | Ended time | Time ended | Time of end | Run end time | Finish time | Stop time
        Batch end time | Production end time | Pyrolysis end time
    """,
    mass="""
        Biochar mass | Biochar | Mass | Mass of biochar | Biochar weight | Weight of biochar
        Biochar produced | Produced biochar | Biochar output | Biochar production | Biochar amount
        Biochar quantity | Amount of biochar | Quantity of biochar | Char mass | Char weight
        Weight | Net weight | Net mass
    """,
    mass_unit="Mass unit | Unit | Units | Unit of mass | Weight unit | Unit of weight | UoM",
    mass_standard_deviation="""
        Mass standard deviation | Standard deviation | Std dev | Std. deviation | StDev | SD | ± | Mass SD
        Mass std dev | Standard deviation of mass | Biochar mass standard deviation | Biochar mass SD
    """,
    display_name="Display name | Batch name",
)
