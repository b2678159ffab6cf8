"""Write sample_data/log-template.xlsx again."""

from pathlib import Path

from tests.template.workbook import template

NAME = "log-template.xlsx"

if __name__ == "__main__":
    (Path(__file__).parents[2] / "sample_data" / NAME).write_bytes(template())
