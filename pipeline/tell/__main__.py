"""The child that sends a message: from standard input to the services, what failed on standard output."""

import json
import sys

from pipeline.tell.message import delivered

if __name__ == "__main__":
    said = sys.stdout
    sys.stdout = sys.stderr
    said.write(json.dumps(delivered(*json.load(sys.stdin))))
