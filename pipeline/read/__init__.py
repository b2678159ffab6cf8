"""Files become tables: every cell with its address, its type and its text, and no opinion about it."""

from pipeline.read.file import Reader, Tables, read, read_apart, sha256_of
from pipeline.read.refused import FileRefused, Fits

__all__ = ["FileRefused", "Fits", "Reader", "Tables", "read", "read_apart", "sha256_of"]
