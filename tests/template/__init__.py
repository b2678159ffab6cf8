"""The empty log in sample_data/log-template.xlsx: `python -m tests.template` writes it again."""
