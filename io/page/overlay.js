// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What is drawn above the tiles on canvases as large as the view: street names, the chosen route,
// unserved orders; and finding what lies under the pointer.

const CanvasOverlay = L.Renderer.extend({
  initialize(options) {
    L.Renderer.prototype.initialize.call(this, options);
    this._layers = {};
  },
  _initContainer() {
    this._container = document.createElement('canvas');
    this._container.style.pointerEvents = 'none';
  },
  _destroyContainer() {
    this._container.remove();
    delete this._container;
  },
  _updatePaths() {},

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize(), canvas = this._container;
    this._ratio = Math.min(2, window.devicePixelRatio || 1);
    L.DomUtil.setPosition(canvas, this._bounds.min);
    canvas.width = size.x * this._ratio;
    canvas.height = size.y * this._ratio;
    canvas.style.width = size.x + 'px';
    canvas.style.height = size.y + 'px';
    this.redraw();
  },

  redraw() {
    if (!this._map || !this._bounds) return;
    const context = this._container.getContext('2d'), size = this._bounds.getSize();
    const zoom = this._map.getZoom(), scale = 2 ** (zoom - BASE_ZOOM);
    const shift = this._map.getPixelOrigin().add(this._bounds.min);
    context.setTransform(this._ratio, 0, 0, this._ratio, 0, 0);
    context.clearRect(0, 0, size.x, size.y);
    context.lineJoin = context.lineCap = 'round';
    this.options.paint({
      context,
      scale,
      zoom,
      width: size.x,
      height: size.y,
      left: shift.x - origin.x * scale,
      top: shift.y - origin.y * scale,
    });
  },
});

// Where a text of `length` pixels fits along a street: the middle of its longest nearly straight
// stretch in view, and that stretch's direction; null where none is long enough.
function labelPlace(roads, i, length, view) {
  let best = null, longest = length, begin = roads.first[i], heading = NaN;
  const at = (p) =>
      ({x: roads.x[p] * view.scale - view.left, y: roads.y[p] * view.scale - view.top});
  const end = roads.first[i + 1];
  for (let p = begin + 1; p <= end; ++p) {
    if (p < end) {
      const from = at(p - 1), to = at(p), next = Math.atan2(to.y - from.y, to.x - from.x),
            turn = next - heading;
      heading = Number.isNaN(heading) ? next : heading;
      if (!(Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) > 0.15)) continue;
      heading = next;
    }
    const from = at(begin), to = at(p - 1), size = Math.hypot(to.x - from.x, to.y - from.y);
    const x = (from.x + to.x) / 2, y = (from.y + to.y) / 2;
    if (size > longest && x > 0 && y > 0 && x < view.width && y < view.height) {
      longest = size;
      best = {x, y, angle: Math.atan2(to.y - from.y, to.x - from.x)};
    }
    begin = p - 1;
  }
  return best;
}

function paintNames(roads, names, colours, view) {
  if (view.zoom < 14) return;
  const {context, scale} = view;
  const west = view.left / scale, north = view.top / scale;
  const east = (view.left + view.width) / scale, south = (view.top + view.height) / scale;
  const taken = [];
  const mostMinor = view.zoom >= 16 ? 5 : view.zoom >= 15 ? 3 : 2;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  context.strokeStyle = colours.halo;
  context.fillStyle = colours.label;
  context.font = '11px system-ui, sans-serif';
  const near = new Map();
  for (let i = 0; i < roads.count && taken.length < 250; ++i) {
    if (roads.kind[i] > mostMinor || roads.name[i] === 0 ||
        !overlaps(roads.boxes, i, west, north, east, south))
      continue;
    const text = names[roads.name[i]];
    const place = labelPlace(roads, i, text.length * 6 + 12, view);
    if (!place) continue;
    const reach = context.measureText(text).width / 2 + 4;
    const across = reach * Math.abs(Math.cos(place.angle)) + 7,
          up = reach * Math.abs(Math.sin(place.angle)) + 7;
    const box = [place.x - across, place.y - up, place.x + across, place.y + up];
    if (taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1]))
      continue;
    const same = near.get(text) || [];
    if (same.some((b) => Math.hypot(b.x - place.x, b.y - place.y) < 350)) continue;
    near.set(text, same.concat(place));
    taken.push(box);
    context.save();
    context.translate(place.x, place.y);
    context.rotate(Math.abs(place.angle) > Math.PI / 2 ? place.angle + Math.PI : place.angle);
    context.strokeText(text, 0, 0);
    context.fillText(text, 0, 0);
    context.restore();
  }
}

// Little arrow heads along the legs of a route, about a hundred pixels apart.
function paintArrows(plan, route, colour, view) {
  const {context, scale, left, top} = view;
  let since = 60;
  context.fillStyle = colour;
  context.beginPath();
  for (let i = plan.point[route.first] + 1; i <= plan.point[route.end - 1]; ++i) {
    const x0 = plan.x[i - 1] * scale - left, y0 = plan.y[i - 1] * scale - top;
    const x1 = plan.x[i] * scale - left, y1 = plan.y[i] * scale - top;
    const length = Math.hypot(x1 - x0, y1 - y0);
    since += length;
    if (since < 100 || length < 10) continue;
    since = 0;
    const x = (x0 + x1) / 2, y = (y0 + y1) / 2, ux = (x1 - x0) / length, uy = (y1 - y0) / length;
    if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
    context.moveTo(x + 5 * ux, y + 5 * uy);
    context.lineTo(x - 3.5 * ux - 3.5 * uy, y - 3.5 * uy + 3.5 * ux);
    context.lineTo(x - 3.5 * ux + 3.5 * uy, y - 3.5 * uy - 3.5 * ux);
    context.closePath();
  }
  context.fill();
}

function strokeRoute(plan, route, view) {
  view.context.beginPath();
  tracePath(
      view.context, plan.x, plan.y, plan.point[route.first], plan.point[route.end - 1], view.left,
      view.top, view.scale, 1);
  view.context.stroke();
}

function paintDepot(plan, step, colours, view) {
  const x = plan.x[plan.point[step]] * view.scale - view.left,
        y = plan.y[plan.point[step]] * view.scale - view.top;
  const {context} = view;
  context.fillStyle = colours.text;
  context.strokeStyle = colours.halo;
  context.lineWidth = 2;
  context.beginPath();
  context.rect(x - 6, y - 6, 12, 12);
  context.stroke();
  context.fill();
}

// Where routes start and, at depots, end; each place once.
function paintDepots(plan, routes, colours, view) {
  const painted = new Set();
  for (const route of routes) {
    const last = route.end - 1;
    const open = last > route.first && plan.metres[last] === plan.metres[last - 1];
    for (const s of open ? [route.first] : [route.first, last]) {
      const place = plan.x[plan.point[s]] + ',' + plan.y[plan.point[s]];
      if (!painted.has(place)) paintDepot(plan, s, colours, view);
      painted.add(place);
    }
  }
}

// The route, above a halo; its stops numbered where there is room, the marked ones larger.
function paintRoute(plan, route, colour, colours, marked, view) {
  const {context, scale, left, top, zoom} = view;
  const width = Math.max(2.6, routeWidth(zoom) + 0.8);
  context.lineWidth = width + 4;
  context.strokeStyle = colours.halo;
  strokeRoute(plan, route, view);
  context.lineWidth = width;
  context.strokeStyle = colour;
  strokeRoute(plan, route, view);
  if (zoom >= 13) paintArrows(plan, route, colours.text, view);

  const numbered = zoom >= 15 || route.stops <= 12 && zoom >= 13;
  context.font = '600 10px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const stop = (s, large) => {
    const x = plan.x[plan.point[s]] * scale - left, y = plan.y[plan.point[s]] * scale - top;
    if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) return;
    const text = String(s - route.first);
    const radius = large ? 11 : numbered ? 8 + (text.length > 2 ? 1.5 : 0) : zoom >= 13 ? 4 : 2.5;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = large ? colours.text : numbered ? colours.panel : colour;
    context.strokeStyle = numbered && !large ? colour : colours.halo;
    context.lineWidth = numbered && !large ? 2 : 1.2;
    context.fill();
    context.stroke();
    if (!numbered && !large) return;
    context.fillStyle = large ? colours.panel : colours.text;
    context.fillText(text, x, y + 0.5);
  };
  for (let s = route.first; s < route.end; ++s)
    if (plan.order[s] >= 0 && !marked.has(s)) stop(s, false);
  for (const s of marked)
    if (plan.route[s] === route.index) stop(s, true);
}

function paintUnserved(places, chosen, colours, view) {
  const {context, scale, left, top} = view;
  for (const place of places) {
    const x = place.x * scale - left, y = place.y * scale - top;
    if (x < -12 || y < -12 || x > view.width + 12 || y > view.height + 12) continue;
    const reach = place.order === chosen ? 8 : view.zoom < 12 && places.length > 200 ? 2.5 : 4.5;
    context.beginPath();
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
    context.fillStyle = place.order === chosen ? colours.warn : colours.panel;
    context.strokeStyle = place.order === chosen ? colours.halo : colours.warn;
    context.lineWidth = 1.8;
    context.fill();
    context.stroke();
  }
}

function nearestPlace(places, x, y, reach) {
  let best = null, nearest = reach * reach;
  for (const place of places) {
    const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
    if (distance > nearest) continue;
    nearest = distance;
    best = place;
  }
  return best;
}

function isAway(box, x, y, reach) {
  return x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach;
}

// The nearest stop of some routes within `reach`, or -1.
function nearestStop(plan, routes, x, y, reach) {
  let best = -1, nearest = reach * reach;
  for (const route of routes) {
    if (isAway(route.box, x, y, reach)) continue;
    for (let s = route.first; s < route.end; ++s) {
      if (plan.order[s] < 0) continue;
      const distance = (plan.x[plan.point[s]] - x) ** 2 + (plan.y[plan.point[s]] - y) ** 2;
      if (distance > nearest) continue;
      nearest = distance;
      best = s;
    }
  }
  return best;
}

// The route among some whose line passes nearest to a place, within `reach`, and the step that the
// leg there leads to; or null.
function nearestLeg(plan, routes, x, y, reach) {
  let best = null, nearest = reach * reach;
  for (const route of routes) {
    if (isAway(route.box, x, y, reach)) continue;
    for (let s = route.first + 1; s < route.end; ++s) {
      if (!overlaps(plan.box, s, x - reach, y - reach, x + reach, y + reach)) continue;
      for (let i = plan.point[s - 1] + 1; i <= plan.point[s]; ++i) {
        const dx = plan.x[i] - plan.x[i - 1], dy = plan.y[i] - plan.y[i - 1],
              square = dx * dx + dy * dy;
        const share =
            square > 0 ? ((x - plan.x[i - 1]) * dx + (y - plan.y[i - 1]) * dy) / square : 0;
        const t = Math.min(1, Math.max(0, share));
        const distance = (plan.x[i - 1] + t * dx - x) ** 2 + (plan.y[i - 1] + t * dy - y) ** 2;
        if (distance < nearest) {
          nearest = distance;
          best = {route, leg: s};
        }
      }
    }
  }
  return best;
}
