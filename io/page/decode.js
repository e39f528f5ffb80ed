// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Reads what io/page/encoding.h wrote. Points are projected to Mercator pixels of zoom 20, relative
// to the first point, so that single precision is exact to centimetres across a country.

const BASE_ZOOM = 20;
const BASE_WORLD = 256 * 2 ** BASE_ZOOM;

function mercatorX(lon) { return (lon / 360 + 0.5) * BASE_WORLD; }
function mercatorY(lat) {
  const sine = Math.sin(Math.max(-85.0511287798, Math.min(85.0511287798, lat)) * Math.PI / 180);
  return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * BASE_WORLD;
}

const origin = {
  x: NaN,
  y: NaN,
  lon: 0
};
function toX(lon) { return mercatorX(lon + 360 * Math.round((origin.lon - lon) / 360)) - origin.x; }
function toY(lat) { return mercatorY(lat) - origin.y; }
function toLatLng(x, y) {
  const n = Math.PI * (1 - 2 * (y + origin.y) / BASE_WORLD);
  return L.latLng(
      Math.atan(Math.sinh(n)) * 180 / Math.PI, ((x + origin.x) / BASE_WORLD - 0.5) * 360);
}

class ByteReader {
  constructor(base64) {
    const text = atob(base64);
    this.bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; ++i) this.bytes[i] = text.charCodeAt(i);
    this.at = 0;
    this.lat = 0;
    this.lon = 0;
  }

  unsigned() {
    let byte = this.bytes[this.at++];
    let value = byte & 127;
    for (let unit = 128; byte >= 128; unit *= 128) {
      byte = this.bytes[this.at++];
      value += (byte & 127) * unit;
    }
    return value;
  }

  signed() {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  // Reads `count` points into xs, ys from index `to` on.
  points(count, xs, ys, to) {
    for (let i = to; i < to + count; ++i) {
      this.lat += this.signed();
      this.lon += this.signed();
      if (Number.isNaN(origin.x)) {
        origin.lon = this.lon / 1e6;
        origin.x = mercatorX(origin.lon);
        origin.y = mercatorY(this.lat / 1e6);
      }
      xs[i] = toX(this.lon / 1e6);
      ys[i] = toY(this.lat / 1e6);
    }
  }
}

// Boxes of consecutive runs of points: run i is points first[i] .. first[i + 1], the latter
// included where `joined`.
function boxesOf(first, xs, ys, joined) {
  const count = first.length - 1;
  const boxes = new Float32Array(4 * count);
  for (let i = 0; i < count; ++i) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    const end = joined ? first[i + 1] + 1 : first[i + 1];
    for (let p = first[i]; p < end; ++p) {
      if (xs[p] < west) west = xs[p];
      if (xs[p] > east) east = xs[p];
      if (ys[p] < north) north = ys[p];
      if (ys[p] > south) south = ys[p];
    }
    boxes.set([west, north, east, south], 4 * i);
  }
  return boxes;
}

function decodeRoads(base64) {
  const reader = new ByteReader(base64);
  const count = reader.unsigned(), points = reader.unsigned();
  const roads = {
    count,
    first: new Int32Array(count + 1),
    kind: new Uint8Array(count),
    name: new Int32Array(count),
    x: new Float32Array(points),
    y: new Float32Array(points),
  };
  for (let i = 0; i < count; ++i) {
    roads.kind[i] = reader.unsigned();
    roads.name[i] = reader.unsigned();
    const size = reader.unsigned();
    reader.points(size, roads.x, roads.y, roads.first[i]);
    roads.first[i + 1] = roads.first[i] + size;
  }
  roads.boxes = boxesOf(roads.first, roads.x, roads.y, false);
  return roads;
}

const START = 0, PICKUP = 1, DELIVERY = 2, END = 3, REST = 4;

// Routes and, in flat arrays, their steps. The leg that leads to step s runs over points
// stepPoint[s - 1] .. stepPoint[s].
function decodeRoutes(base64, dimensions) {
  const reader = new ByteReader(base64);
  const count = reader.unsigned(), steps = reader.unsigned(), points = reader.unsigned();
  const plan = {
    routes: [],
    steps,
    kind: new Uint8Array(steps),
    order: new Int32Array(steps),
    route: new Int32Array(steps),
    arrival: new Int32Array(steps),
    begin: new Int32Array(steps),
    departure: new Int32Array(steps),
    load: new Float64Array(steps * dimensions),
    metres: new Float64Array(steps),
    windows: new Map(),
    point: new Int32Array(steps),
    x: new Float32Array(points),
    y: new Float32Array(points),
    box: new Float32Array(4 * steps),
  };
  let step = 0, point = 0;
  for (let r = 0; r < count; ++r) {
    const route = {
      index: r,
      type: reader.unsigned(),
      vehicle: reader.unsigned(),
      cost: reader.signed() / 100,
      metres: reader.unsigned(),
      duration: reader.unsigned(),
      driving: reader.unsigned(),
      first: step,
      stops: 0,
      waiting: 0,
      service: 0,
    };
    const size = reader.unsigned();
    let now = 0, metres = 0;
    const load = new Array(dimensions).fill(0);
    for (let s = 0; s < size; ++s, ++step) {
      plan.route[step] = r;
      plan.kind[step] = reader.unsigned();
      plan.order[step] = reader.unsigned() - 1;
      plan.arrival[step] = now += reader.signed();
      plan.begin[step] = now += reader.signed();
      plan.departure[step] = now += reader.signed();
      for (let d = 0; d < dimensions; ++d)
        plan.load[step * dimensions + d] = load[d] += reader.signed();
      plan.metres[step] = metres += reader.signed();
      const windows = [];
      for (let w = reader.unsigned(); w > 0; --w) {
        const open = reader.signed(), length = reader.unsigned();
        windows.push([open, length === 0 ? Infinity : open + length]);
      }
      if (windows.length > 0) plan.windows.set(step, windows);
      const fresh = reader.unsigned();
      reader.points(fresh, plan.x, plan.y, point);
      point += fresh;
      plan.point[step] = point - 1;
      if (plan.order[step] >= 0) ++route.stops;
      route.waiting += plan.begin[step] - plan.arrival[step];
      route.service += plan.departure[step] - plan.begin[step];
    }
    route.end = step;
    plan.routes.push(route);
  }
  measureLegs(plan);
  // In this order no type of vehicle hides the others where many share a street.
  plan.mixed = [...plan.routes].sort((a, b) => a.index * 0.618 % 1 - b.index * 0.618 % 1);
  return plan;
}

// What the scorer thought of the leg that leads to a step, {rank, of, score, other}: its place among
// the stops that could have come next, 0 where it was none of them, and the best other {order,
// score, seconds} or null. By step; steps without are left out.
function decodeReasons(base64, steps) {
  const reasons = new Map();
  if (!base64) return reasons;
  const reader = new ByteReader(base64);
  for (let s = 0; s < steps; ++s) {
    const of = reader.unsigned();
    if (of === 0) continue;
    const rank = reader.unsigned(), score = rank > 0 ? reader.signed() / 100 : 0;
    const order = reader.unsigned() - 1;
    const other =
        order < 0 ? null : {order, score: reader.signed() / 100, seconds: reader.unsigned()};
    reasons.set(s, {rank, of, score, other});
  }
  return reasons;
}

// The box of each leg, under the step it leads to; a route's first step has the box of its start.
function measureLegs(plan) {
  for (const route of plan.routes) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let s = route.first; s < route.end; ++s) {
      const from = s === route.first ? plan.point[s] : plan.point[s - 1];
      const [leg] = [boxesOf([from, plan.point[s]], plan.x, plan.y, true)];
      plan.box.set(leg, 4 * s);
      box[0] = Math.min(box[0], leg[0]);
      box[1] = Math.min(box[1], leg[1]);
      box[2] = Math.max(box[2], leg[2]);
      box[3] = Math.max(box[3], leg[3]);
    }
    route.box = box;
  }
}
