"""What comes in (a production-run log) and what goes out (a production batch), as types and rules."""
