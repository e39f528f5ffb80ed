#!/usr/bin/env bash
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes data/coquimbo.osm.pbf and data/coquimbo_zones.csv again, from the pinned wheel of AequilibraE. They are kept in the
# repository, so this is for whoever wants to see where they come from, or to change how they are made.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

wheel=$(./setup.sh --city)
unzip -q -j "$wheel" aequilibrae/reference_files/coquimbo.zip -d "$work"
unzip -q -j "$work/coquimbo.zip" project_database.sqlite -d "$work"
python3 make_default_city.py "$work/project_database.sqlite" "$work/coquimbo.osm" coquimbo_zones.csv
osmium cat --overwrite --output-header generator=roadgnn -o coquimbo.osm.pbf "$work/coquimbo.osm"
osmium fileinfo -e coquimbo.osm.pbf | grep "Number of [nw]"
