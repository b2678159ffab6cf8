#!/bin/sh
# The browser that the page is looked at with, from the system's packages (Debian, Ubuntu), if there is none yet.
# Without it the tests of tests/page/test_browser.py fail and say so; all others run.
command -v chromium >/dev/null && exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! $as_root true 2>/dev/null; }; then
  echo "The tests of report.html need chromium, which cannot be installed from here: install it by hand."
  exit 0
fi
echo "Installing chromium for the tests of report.html …"
{ $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >/dev/null ||
  echo "chromium could not be installed: install it by hand for the tests of report.html."
