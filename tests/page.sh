#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The page's own tests: types, and formats. Needs what `npm ci` installs; a tarball's page was tested before it was packed.
set -u
page=${srcdir:-.}/web/page
[ -d "$page/node_modules" ] || { echo "skipped: $page/node_modules is absent (tools/deps makes it)"; exit 77; }
command -v node >/dev/null || { echo "skipped: no node"; exit 77; }
cd "$page" || exit 1
out=$(mktemp -d /tmp/kk-test-XXXXXX) || exit 1
trap 'rm -rf "$out"' EXIT
node node_modules/typescript/bin/tsc --noEmit || exit 1
node build.mjs --test --out "$out" || exit 1
node --test "$out"
