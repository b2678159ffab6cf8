"""The evidence of one reference as a page that can be read in ten years: no script, no network, A4."""

from pipeline.write.evidence.page import as_json, file_name, write_evidence

__all__ = ["as_json", "file_name", "write_evidence"]
