#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0

# Takes a picture of a plan page with headless Chromium, such as the one in the README:
#
#   examples/screenshot_plan.sh OUT/plan.html picture.png [WIDTHxHEIGHT] [ADDRESS]
#
# ADDRESS is what follows the # in the page's address and says what to look at: "vehicle=van-12",
# "order=1234", "at=-29.93,-71.26,13". With pngquant installed the picture has 256 colours, which
# is a third of the size and looks the same.
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '6,12s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
page=$(realpath "$1") picture=$2 size=${3:-1280x800} address=${4:-}

for name in chromium chromium-browser google-chrome; do
  browser=$(command -v "$name") && break
done
if [ -z "${browser:-}" ]; then
  echo "$0: no Chromium found; on Debian: apt install chromium" >&2
  exit 1
fi

profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
# Chromium resizes its window just before it takes the picture; a frame of fixed size does not notice.
cat >"$profile/frame.html" <<HTML
<body style="margin:0;overflow:hidden"><iframe src="file://$page${address:+#$address}"
  style="border:0;width:${size%x*}px;height:${size#*x}px"></iframe>
HTML
timeout 120 "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars \
  --user-data-dir="$profile" --window-size="${size/x/,}" --virtual-time-budget=30000 \
  --screenshot="$profile/picture.png" "file://$profile/frame.html" 2>"$profile/log" ||
  { cat "$profile/log" >&2; exit 1; }
if command -v pngquant >/dev/null; then
  pngquant --force --speed 1 --output "$profile/picture.png" 256 "$profile/picture.png"
fi
mv "$profile/picture.png" "$picture"
echo "$picture"
