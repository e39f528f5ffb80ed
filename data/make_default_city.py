#!/usr/bin/env python3
# SPDX-FileCopyrightText: The roadgnn authors
# SPDX-License-Identifier: Apache-2.0
"""Writes the default city, La Serena and Coquimbo, as OSM XML and its population zones as CSV.

Usage: make_default_city.py PROJECT_DATABASE.sqlite MAP.osm ZONES.csv

The input is the example project of AequilibraE: a SpatiaLite file whose links were cut out of OpenStreetMap at every
intersection, with the OSM ids of nodes and ways, and zones with their population. One link becomes one way; its number
in the project becomes the way's id and the id of the OSM way it was part of a tag. Shape points, whose ids the project
does not keep, get ids from 9,000,000,000,000 on.
"""
import csv
import math
import sqlite3
import struct
import sys
from xml.sax.saxutils import quoteattr

FIRST_SHAPE_POINT_ID = 9_000_000_000_000
EARTH_RADIUS_M = 6371008.8


class Blob:
    """A SpatiaLite geometry (https://www.gaia-gis.it/gaia-sins/BLOB-Geometry.html) read from front to back."""

    def __init__(self, data):
        self.data = data
        self.order = "<" if data[1] == 1 else ">"
        self.at = 39  # after the start mark, the byte order, the reference system, the bounding box and its end mark

    def read(self, form):
        values = struct.unpack_from(self.order + form, self.data, self.at)
        self.at += struct.calcsize(self.order + form)
        return values

    def points(self):
        flat = self.read(f"{2 * (count := self.read('I')[0])}d")
        return [(flat[2 * i], flat[2 * i + 1]) for i in range(count)]

    def expect(self, kind):
        if (found := self.read("I")[0]) != kind:
            raise ValueError(f"geometry of kind {found}, expected {kind}")


def point(data):
    blob = Blob(data)
    blob.expect(1)
    return blob.read("2d")


def line(data):
    blob = Blob(data)
    blob.expect(2)
    return blob.points()


def rings(data):
    """All rings of a multipolygon; the first of each polygon is its outline, the others are holes."""
    blob = Blob(data)
    blob.expect(6)
    result = []
    for _ in range(blob.read("I")[0]):
        blob.at += 1  # the mark between entities
        blob.expect(3)
        for ring in range(blob.read("I")[0]):
            result.append((blob.points(), ring > 0))
    return result


def centroid_and_area(data):
    """Centre of gravity (lon, lat) and area in square metres of a multipolygon, on a plane touching at its first point."""
    shape = rings(data)
    lon0, lat0 = shape[0][0][0]
    x_scale = math.radians(1) * EARTH_RADIUS_M * math.cos(math.radians(lat0))
    y_scale = math.radians(1) * EARTH_RADIUS_M
    area = x_sum = y_sum = 0.0
    for ring, is_hole in shape:
        flat = [((lon - lon0) * x_scale, (lat - lat0) * y_scale) for lon, lat in ring]
        ring_area = ring_x = ring_y = 0.0
        for (x1, y1), (x2, y2) in zip(flat, flat[1:] + flat[:1]):
            cross = x1 * y2 - x2 * y1
            ring_area += cross / 2
            ring_x += (x1 + x2) * cross / 6
            ring_y += (y1 + y2) * cross / 6
        sign = (-1 if is_hole else 1) * (1 if ring_area > 0 else -1)  # rings run either way round
        area += sign * ring_area
        x_sum += sign * ring_x
        y_sum += sign * ring_y
    return lon0 + x_sum / area / x_scale, lat0 + y_sum / area / y_scale, area


def number(value):
    """A count or speed as OSM writes it: 2, not 2.0."""
    return str(int(value)) if value == int(value) else str(value)


def tags_of(link):
    tags = [("highway", link["link_type"])]
    if link["name"]:
        tags.append(("name", link["name"]))
    speeds = [speed for speed in (link["speed_ab"], link["speed_ba"]) if speed]
    if speeds:
        tags.append(("maxspeed", number(max(speeds))))
    if link["direction"]:
        tags.append(("oneway", "yes" if link["direction"] > 0 else "-1"))
        lanes = link["lanes_ab"] if link["direction"] > 0 else link["lanes_ba"]
    else:
        lanes = (link["lanes_ab"] or 0) + (link["lanes_ba"] or 0)
    if lanes and lanes >= 1:
        tags.append(("lanes", number(math.floor(lanes))))
    tags.append(("source:osm_way", str(link["osm_id"])))
    return tags


def write_map(database, path):
    nodes = {}  # id -> (lon, lat)
    osm_id = {}  # the project's node number -> the id
    for row in database.execute("SELECT node_id, osm_id, geometry FROM nodes WHERE NOT is_centroid"):
        osm_id[row["node_id"]] = row["osm_id"]
        nodes[row["osm_id"]] = point(row["geometry"])
    ways = []
    next_id = FIRST_SHAPE_POINT_ID
    for link in database.execute("SELECT * FROM links WHERE link_type != 'centroid_connector' ORDER BY link_id"):
        refs = [osm_id[link["a_node"]]]
        for place in line(link["geometry"])[1:-1]:
            nodes[next_id] = place
            refs.append(next_id)
            next_id += 1
        refs.append(osm_id[link["b_node"]])
        ways.append((link["link_id"], refs, tags_of(link)))

    used = {ref for _, refs, _ in ways for ref in refs}
    with open(path, "w", encoding="utf-8") as out:
        lons, lats = zip(*(nodes[ref] for ref in used))
        out.write("<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\" generator=\"roadgnn\">\n")
        out.write(f' <bounds minlat="{min(lats):.7f}" minlon="{min(lons):.7f}"'
                  f' maxlat="{max(lats):.7f}" maxlon="{max(lons):.7f}"/>\n')
        for node in sorted(used):
            lon, lat = nodes[node]
            out.write(f' <node id="{node}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>\n')
        for way, refs, tags in ways:
            out.write(f' <way id="{way}" version="1">\n')
            out.writelines(f'  <nd ref="{ref}"/>\n' for ref in refs)
            out.writelines(f"  <tag k={quoteattr(key)} v={quoteattr(value)}/>\n" for key, value in tags)
            out.write(" </way>\n")
        out.write("</osm>\n")


def write_zones(database, path):
    with open(path, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["id", "lat", "lon", "population", "radius_m"])
        for zone in database.execute("SELECT zone_id, population, geometry FROM zones ORDER BY zone_id"):
            lon, lat, area = centroid_and_area(zone["geometry"])
            radius = math.sqrt(area / math.pi)  # of the disc of the same area
            table.writerow([zone["zone_id"], f"{lat:.6f}", f"{lon:.6f}", round(zone["population"]), round(radius)])


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    write_map(database, sys.argv[2])
    write_zones(database, sys.argv[3])


if __name__ == "__main__":
    main()
