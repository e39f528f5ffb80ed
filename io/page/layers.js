// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The two tiled layers: the city's roads and everybody's routes. Tiles are drawn a few at a time
// between frames, so that panning stays smooth however much there is to draw.

// Adds points first .. last to the path, leaving out those that would move the pen by less than
// `least` pixels.
function tracePath(context, xs, ys, first, last, left, top, scale, least) {
  let x = xs[first] * scale - left, y = ys[first] * scale - top;
  context.moveTo(x, y);
  for (let i = first + 1; i <= last; ++i) {
    const nextX = xs[i] * scale - left, nextY = ys[i] * scale - top;
    if (i < last && Math.abs(nextX - x) < least && Math.abs(nextY - y) < least) continue;
    context.lineTo(x = nextX, y = nextY);
  }
}

function overlaps(boxes, i, west, north, east, south) {
  return boxes[4 * i] <= east && boxes[4 * i + 2] >= west && boxes[4 * i + 1] <= south &&
      boxes[4 * i + 3] >= north;
}

const TileLayer = L.GridLayer.extend({
  options: {
    tileSize: 512,
    keepBuffer: 1,
    updateWhenIdle: false,
    updateWhenZooming: false,
    noWrap: true,
    paint: null
  },

  initialize(options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this._jobs = [];
    this.on('tileunload', (event) => {
      event.tile.dead = true;
    });
  },

  createTile(coords, done) {
    const tile = document.createElement('canvas');
    const ratio = Math.min(2, window.devicePixelRatio || 1), size = this.options.tileSize;
    tile.width = tile.height = size * ratio;
    this._jobs.push(() => {
      if (tile.dead) return;
      const context = tile.getContext('2d');
      const scale = 2 ** (coords.z - BASE_ZOOM);
      context.scale(ratio, ratio);
      context.lineJoin = context.lineCap = 'round';
      this.options.paint({
        context,
        scale,
        zoom: coords.z,
        size,
        left: coords.x * size - origin.x * scale,
        top: coords.y * size - origin.y * scale,
      });
      done(null, tile);
    });
    this._soon();
    return tile;
  },

  // Paints waiting tiles for up to 12 ms a frame.
  _soon() {
    if (this._waiting) return;
    this._waiting = true;
    requestAnimationFrame(() => {
      this._waiting = false;
      const until = performance.now() + 12;
      while (this._jobs.length > 0 && performance.now() < until) this._jobs.shift()();
      if (this._jobs.length > 0) {
        this._soon();
      } else {
        this.fire('painted');
      }
    });
  },
});

// Width at zoom 14 and first zoom shown, by drawing class.
const roadStyles = [
  {width: 4.6, from: 0},
  {width: 3.8, from: 0},
  {width: 3.0, from: 9},
  {width: 2.4, from: 10},
  {width: 1.6, from: 11},
  {width: 0.9, from: 14},
  {width: 1, from: 9},
];

function paintRoads(roads, colours, {context, scale, zoom, size, left, top}) {
  const margin = 20 / scale;
  const west = left / scale - margin, north = top / scale - margin;
  const east = (left + size) / scale + margin, south = (top + size) / scale + margin;
  const shown = roadStyles.map(() => []);
  for (let i = 0; i < roads.count; ++i) {
    if (zoom >= roadStyles[roads.kind[i]].from &&
        overlaps(roads.boxes, i, west, north, east, south))
      shown[roads.kind[i]].push(i);
  }
  const stroke = (kind, width, colour) => {
    if (shown[kind].length === 0) return;
    context.beginPath();
    for (const i of shown[kind]) {
      tracePath(
          context, roads.x, roads.y, roads.first[i], roads.first[i + 1] - 1, left, top, scale, 1.2);
    }
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  };
  const width = (kind) =>
      Math.max(zoom < 13 ? 0.7 : 1, roadStyles[kind].width * 1.5 ** (zoom - 14));
  const major = [
    colours.trunk, colours.major, colours.major, colours.road, colours.road, colours.path,
    colours.casing
  ];
  if (zoom >= 13) {
    for (let kind = 4; kind >= 0; --kind) {
      stroke(
          kind, width(kind) + (zoom >= 15 ? 2 : 1.4),
          kind === 0 ? colours['trunk-casing'] : colours.casing);
    }
  }
  context.setLineDash([6, 5]);
  stroke(6, 1, colours.casing);
  context.setLineDash([]);
  for (let kind = 5; kind >= 0; --kind) {
    // From afar a road is a line, not a band.
    const far = kind === 0 ? colours['trunk-casing'] : kind <= 2 ? colours.far : colours.casing;
    const line = zoom >= 13 || kind === 5 ? major[kind] : far;
    stroke(kind, zoom < 13 ? Math.min(2.2, width(kind)) : width(kind), line);
  }
}

const STOPS_FROM_ZOOM = 15;

function routeWidth(zoom) { return Math.min(4, Math.max(1.1, 1.1 * 1.32 ** (zoom - 11))); }
function stopRadius(zoom) {
  return zoom < STOPS_FROM_ZOOM ? 3 : Math.min(6, 3.2 + 0.9 * (zoom - STOPS_FROM_ZOOM));
}

function paintRoutes(plan, colourOf, isShown, colours, {context, scale, zoom, size, left, top}) {
  const margin = 10 / scale;
  const west = left / scale - margin, north = top / scale - margin;
  const east = (left + size) / scale + margin, south = (top + size) / scale + margin;
  const near = plan.mixed.filter(
      (route) => isShown(route) && route.box[0] <= east && route.box[2] >= west &&
          route.box[1] <= south && route.box[3] >= north);
  context.lineWidth = routeWidth(zoom);
  context.globalAlpha = zoom < 14 ? 0.75 : 0.85;
  for (const route of near) {
    context.beginPath();
    for (let s = route.first + 1; s < route.end; ++s) {
      if (plan.point[s] === plan.point[s - 1] || !overlaps(plan.box, s, west, north, east, south))
        continue;
      tracePath(context, plan.x, plan.y, plan.point[s - 1], plan.point[s], left, top, scale, 1.5);
    }
    context.strokeStyle = colourOf(route);
    context.stroke();
  }
  if (zoom < STOPS_FROM_ZOOM) return;
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.strokeStyle = colours.halo;
  for (const route of near) {
    context.beginPath();
    for (let s = route.first + 1; s < route.end; ++s) {
      if (plan.order[s] < 0) continue;
      const x = plan.x[plan.point[s]] * scale - left, y = plan.y[plan.point[s]] * scale - top;
      if (x < -10 || y < -10 || x > size + 10 || y > size + 10) continue;
      context.moveTo(x + stopRadius(zoom), y);
      context.arc(x, y, stopRadius(zoom), 0, 2 * Math.PI);
    }
    context.fillStyle = colourOf(route);
    context.fill();
    context.stroke();
  }
}
