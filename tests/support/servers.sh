#!/bin/sh
# servers.sh FOLDER: unpacks nginx, lighttpd and curl from Debian's packages into a folder, for tests against real servers.
#
# Nothing is installed and no service started. Where there is no apt-get, or no network, the folder stays empty, and the
# tests use what the machine has or say that they are skipped.
folder=$1
[ -e "$folder/done" ] && exit 0
mkdir -p "$folder" && cd "$folder" || exit 0
command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || exit 0
apt-get download -qq nginx lighttpd curl libnettle8 libxxhash0 >/dev/null 2>&1 || exit 0
for package in *.deb; do
    dpkg -x "$package" . && rm -f "$package"
done
touch done
