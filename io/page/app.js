// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Puts the page together and keeps its state: what is chosen, shown and looked at.

const byId = (id) => document.getElementById(id);

// Takes a data element's text and frees it.
function takeText(id) {
  const holder = byId(id), text = holder.textContent;
  holder.remove();
  return text;
}

class App {
  constructor() {
    this.data = JSON.parse(takeText('plan-data'));
    this.roads = decodeRoads(takeText('road-data'));
    this.plan = decodeRoutes(takeText('route-data'), this.data.dimensions.length);
    this.state = {vehicle: null, order: -1, step: -1, tab: 'vehicles', sort: 'name', down: false, hidden: new Set()};
    this.hovered = null;
    this.colours = cssColours();
    this.names = this.plan.routes.map((route) => this.data.types[route.type].id + '-' + (route.vehicle + 1));
    this.nameOf = (route) => this.names[route.index];
    this.isShown = (route) => !this.state.hidden.has(route.type);
    this.colourRoutes();
    this.indexOrders();
    this.details = new Details(this.plan, this.data, {nameOf: this.nameOf, colourOf: this.colourOf});
    this.makeMap();
    this.makeLists();
    this.readAddress();
    this.listen();
  }

  colourRoutes() {
    this.palette = this.plan.routes.map((route) => vehicleColour(route.type, route.vehicle));
    this.colourOf = (route) => this.palette[route.index];
  }

  indexOrders() {
    const {plan} = this;
    this.stepsOf = new Map();
    for (let s = 0; s < plan.steps; ++s) {
      if (plan.order[s] < 0) continue;
      const steps = this.stepsOf.get(plan.order[s]);
      if (steps) steps.push(s); else this.stepsOf.set(plan.order[s], [s]);
    }
    this.unservedOf = new Map(this.data.unserved.map((entry) => [entry.order, entry]));
    this.unservedPlaces = [];
    for (const entry of this.data.unserved) {
      for (const place of [entry.pickup, entry.delivery]) {
        if (place) this.unservedPlaces.push({order: entry.order, entry, x: toX(place[1]), y: toY(place[0])});
      }
    }
  }

  // The map and its layers.
  makeMap() {
    const {roads, plan} = this;
    this.map = L.map('map', {minZoom: 3, maxZoom: 19, zoomControl: false, attributionControl: true, maxBoundsViscosity: 0});
    this.map.attributionControl.setPrefix(false);
    this.map.attributionControl.addAttribution('© OpenStreetMap contributors');
    L.control.zoom({position: 'topright'}).addTo(this.map);
    L.control.scale({position: 'bottomright', imperial: false}).addTo(this.map);
    const pane = (name, order) => {
      this.map.createPane(name).style.zIndex = order;
      return name;
    };
    this.roadLayer = new TileLayer({pane: pane('roads', 210), paint: (view) => paintRoads(roads, this.colours, view),
      attribution: ''});
    this.routeLayer = new TileLayer({pane: pane('routes', 310),
      paint: (view) => paintRoutes(plan, this.colourOf, this.isShown, this.colours, view)});
    this.nameLayer = new CanvasOverlay({pane: pane('names', 410), padding: 0.1,
      paint: (view) => paintNames(roads, this.data.streets, this.colours, view)});
    this.markLayer = new CanvasOverlay({pane: pane('marks', 420), padding: 0.2, paint: (view) => this.paintMarks(view)});
    this.home = this.boundsOf(this.wholePlan());
  }

  // The box of all routes, of the roads where there are none.
  wholePlan() {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    const add = (other) => {
      box[0] = Math.min(box[0], other[0]);
      box[1] = Math.min(box[1], other[1]);
      box[2] = Math.max(box[2], other[2]);
      box[3] = Math.max(box[3], other[3]);
    };
    for (const route of this.plan.routes) add(route.box);
    if (this.plan.routes.length === 0) for (let i = 0; i < this.roads.count; ++i) add(this.roads.boxes.subarray(4 * i, 4 * i + 4));
    return box;
  }

  boundsOf(box) {
    return Number.isFinite(box[0]) ? L.latLngBounds(toLatLng(box[0], box[1]), toLatLng(box[2], box[3])) : L.latLngBounds([-60, -170], [70, 170]);
  }

  addLayers() {
    for (const layer of [this.roadLayer, this.routeLayer, this.nameLayer, this.markLayer]) layer.addTo(this.map);
  }

  paintMarks(view) {
    const {state, plan} = this, shown = state.vehicle || this.hovered;
    if (this.hovered && this.hovered !== state.vehicle) paintRoute(plan, this.hovered, this.colourOf(this.hovered), this.colours, new Set(), view);
    if (state.vehicle) {
      const marked = new Set(state.order >= 0 ? this.stepsOf.get(state.order) : state.step >= 0 ? [state.step] : []);
      paintRoute(plan, state.vehicle, this.colourOf(state.vehicle), this.colours, marked, view);
    }
    if (!shown || state.tab === 'unserved') paintUnserved(this.unservedPlaces, state.order, this.colours, view);
    const depots = new Set();
    for (const route of plan.routes) {
      if (shown && route !== shown) continue;
      for (const s of [route.first, route.end - 1]) {
        const at = plan.x[plan.point[s]] + ',' + plan.y[plan.point[s]];
        if (plan.order[s] < 0 && !depots.has(at) && (s === route.first || plan.metres[s] > plan.metres[s - 1])) paintDepot(plan, s, this.colours, view);
        depots.add(at);
      }
    }
  }

  // Lists, search, timeline.
  makeLists() {
    const {data, plan, details} = this;
    document.title = data.title + ' · ' + whole.format(data.totals.served) + ' orders, ' + whole.format(plan.routes.length) + ' vehicles';
    fillTotals(byId('totals'), data.totals, data.types, plan.routes);
    this.makeTypes();
    this.makeSorting();
    this.vehicleList = new VirtualList(byId('vehicle-list'), {rowHeight: 28, fill: (row, route) => details.fillVehicleRow(row, route),
      onPick: (route) => this.choose({vehicle: route, see: true}), onHover: (route) => this.hover(route)});
    this.stopList = new VirtualList(byId('stop-list'), {rowHeight: 28, fill: (row, step) => details.fillStopRow(row, step),
      onPick: (step) => this.choose({vehicle: this.state.vehicle, step, jump: true})});
    this.unservedList = new VirtualList(byId('unserved-list'), {rowHeight: 50, fill: (row, entry) => details.fillUnservedRow(row, entry),
      onPick: (entry) => this.choose({order: entry.order, jump: true})});
    this.unservedList.show(data.unserved);
    byId('unserved').querySelector('.empty').hidden = data.unserved.length > 0;
    byId('unserved-list').hidden = data.unserved.length === 0;
    byId('tab-unserved').querySelector('b').textContent = whole.format(data.unserved.length);
    this.search = new Search(byId('query'), byId('found'), {orders: data.orders, vehicles: this.names,
      describe: (hit) => this.describe(hit), onPick: (hit) => this.pickFound(hit)});
    this.timeline = new Timeline(byId('gantt'), plan, {nameOf: this.nameOf, colourOf: this.colourOf,
      onPick: (route, step) => this.choose({vehicle: route, step, jump: step >= 0, see: step < 0}), onHover: (route) => this.hover(route),
      tell: (hit, event) => this.tellTimeline(hit, event)});
    byId('time-in').addEventListener('click', () => this.timeline.zoom(1.5));
    byId('time-out').addEventListener('click', () => this.timeline.zoom(1 / 1.5));
    wireGrip(byId('grip'));
    wireTabs(byId('tabs'), (tab) => this.showTab(tab));
    this.refreshLists();
  }

  makeTypes() {
    const used = this.data.types.map(() => 0);
    for (const route of this.plan.routes) ++used[route.type];
    this.data.types.forEach((type, t) => {
      const button = element('button'), swatch = element('i', 'swatch');
      swatch.style.background = swatch.style.borderColor = typeColour(t);
      button.dataset.type = t;
      button.dataset.used = used[t];
      button.setAttribute('aria-pressed', 'true');
      button.title = 'Show or hide the vehicles of type ' + type.id;
      button.append(swatch, element('span', '', type.id),
        element('b', '', whole.format(used[t]) + (type.count === null ? '' : '/' + whole.format(type.count))));
      button.addEventListener('click', () => {
        const {hidden} = this.state;
        if (!hidden.delete(t)) hidden.add(t);
        button.setAttribute('aria-pressed', String(!hidden.has(t)));
        if (this.state.vehicle && hidden.has(this.state.vehicle.type)) this.choose({});
        this.refreshLists();
        this.routeLayer.redraw();
      });
      byId('types').append(button);
    });
  }

  makeSorting() {
    const head = byId('vehicle-head');
    head.append(element('span'));
    for (const [key, text, right] of [['name', 'Vehicle'], ['stops', 'Stops', true], ['metres', 'km', true], ['duration', 'Hours', true],
      ['cost', 'Cost', true]]) {
      const button = element('button', right ? 'number' : '', text);
      button.dataset.sort = key;
      button.addEventListener('click', () => {
        this.state.down = this.state.sort === key ? !this.state.down : key !== 'name';
        this.state.sort = key;
        this.refreshLists();
      });
      head.append(button);
    }
  }

  refreshLists() {
    const {sort, down} = this.state;
    const routes = this.plan.routes.filter(this.isShown);
    if (sort !== 'name') routes.sort((a, b) => a[sort] - b[sort] || a.index - b.index);
    if (down) routes.reverse();
    for (const button of byId('vehicle-head').querySelectorAll('button')) {
      const on = button.dataset.sort === sort;
      button.textContent = button.textContent.replace(/ [↑↓]$/, '') + (on ? down ? ' ↓' : ' ↑' : '');
      if (on) button.setAttribute('aria-sort', down ? 'descending' : 'ascending'); else button.removeAttribute('aria-sort');
    }
    byId('tab-vehicles').querySelector('b').textContent = whole.format(routes.length);
    this.vehicleList.show(routes);
    this.vehicleList.choose(this.state.vehicle);
    this.timeline.show(routes);
    this.timeline.choose(this.state.vehicle, this.state.step);
    if (!this.state.vehicle) byId('gantt').scrollTop = 0;
    const box = byId('vehicle-list');
    document.documentElement.style.setProperty('--scrollbar', box.offsetWidth - box.clientWidth + 'px');
  }

  describe(hit) {
    if (hit.kind === 'vehicle') return whole.format(this.plan.routes[hit.index].stops) + ' stops';
    const steps = this.stepsOf.get(hit.index);
    if (!steps) return 'unserved';
    return this.names[this.plan.route[steps[0]]] + ', ' + clock(this.plan.begin[steps[steps.length - 1]]);
  }

  pickFound(hit) {
    if (hit.kind === 'vehicle') this.choose({vehicle: this.plan.routes[hit.index], fit: true});
    else this.choose({order: hit.index, jump: true});
  }

  // Chooses a vehicle, one of its stops or an order; nothing: everything again. `jump` moves the map to the stop, `fit` to
  // the whole route, `see` does so only where the route could not be seen well.
  choose({vehicle = null, order = -1, step = -1, jump = false, fit = false, see = false}) {
    const {state, plan} = this;
    if (order < 0 && step >= 0) order = plan.order[step];
    const steps = this.stepsOf.get(order) || [];
    if (order >= 0 && step < 0 && steps.length > 0) step = steps[steps.length - 1];
    if (step >= 0) vehicle = plan.routes[plan.route[step]];
    if (vehicle && state.hidden.has(vehicle.type)) byId('types').querySelector('[data-type="' + vehicle.type + '"]').click();
    Object.assign(state, {vehicle, order, step});
    this.hovered = null;
    byId('tip').hidden = true;
    this.map.closePopup();
    const entry = this.unservedOf.get(order);
    if (entry) this.showUnserved(entry, jump);
    else if (step >= 0 && plan.order[step] >= 0) this.showStop(step, steps, jump);
    else if (step >= 0 && jump) this.map.panTo(this.placeOf(step));
    if (vehicle && (fit || see && !this.isSeen(vehicle))) this.fitRoute(vehicle);
    this.showDetail();
    this.timeline.choose(vehicle, step);
    this.update();
  }

  placeOf(step) {
    return toLatLng(this.plan.x[this.plan.point[step]], this.plan.y[this.plan.point[step]]);
  }

  showStop(step, steps, jump) {
    if (!jump) return this.popup(this.placeOf(step), this.details.stopCard(step));
    const bounds = L.latLngBounds(steps.map((s) => this.placeOf(s)));
    this.map.fitBounds(bounds, {maxZoom: Math.max(16, this.map.getZoom()), padding: [60, 60], animate: false});
    return this.popup(this.placeOf(step), this.details.stopCard(step));
  }

  showUnserved(entry, jump) {
    this.showTab('unserved');
    this.unservedList.choose(entry);
    const place = this.unservedPlaces.find((each) => each.order === entry.order);
    if (!place) return;
    const at = toLatLng(place.x, place.y);
    if (jump) this.map.setView(at, Math.max(15, this.map.getZoom()), {animate: false});
    this.popup(at, this.details.unservedCard(entry));
  }

  popup(place, card) {
    L.popup({autoPanPadding: [20, 20], offset: [0, -6], maxWidth: 280}).setLatLng(place).setContent(card).openOn(this.map);
  }

  // Whether a route lies in view and is not tiny there.
  isSeen(route) {
    const bounds = this.boundsOf(route.box), size = this.map.getSize();
    const corner = this.map.latLngToContainerPoint(bounds.getNorthWest()), other = this.map.latLngToContainerPoint(bounds.getSouthEast());
    return this.map.getBounds().contains(bounds) && Math.max((other.x - corner.x) / size.x, (other.y - corner.y) / size.y) > 0.25;
  }

  fitRoute(route) {
    this.map.fitBounds(this.boundsOf(route.box), {padding: [30, 30], maxZoom: 16, animate: false});
  }

  showDetail() {
    const {vehicle, step} = this.state;
    byId('vehicles').classList.toggle('detailed', vehicle !== null);
    byId('detail').hidden = vehicle === null;
    this.vehicleList.choose(vehicle);
    if (!vehicle) return;
    if (this.state.tab === 'unserved') this.showTab('vehicles');
    if (this.detailed !== vehicle) {
      byId('detail-head').replaceChildren(this.details.vehicleHead(vehicle, {onBack: () => this.choose({}),
        onFit: () => this.fitRoute(vehicle)}));
      this.stopList.show(Array.from({length: vehicle.end - vehicle.first}, (_, i) => vehicle.first + i));
      byId('stop-list').scrollTop = 0;
    }
    this.detailed = vehicle;
    this.stopList.choose(step);
  }

  hover(route) {
    if (this.hovered === route) return;
    this.hovered = route;
    this.timeline.hover(route);
    this.update(true);
  }

  showTab(tab) {
    this.state.tab = document.body.dataset.tab = tab;
    for (const button of byId('tabs').children) {
      button.setAttribute('aria-selected', String(button.dataset.tab === tab));
      button.tabIndex = button.dataset.tab === tab ? 0 : -1;
    }
    this.vehicleList.draw();
    this.unservedList.draw();
    this.update();
  }

  // Redraws what the state decides; the address too, unless the pointer only passed by.
  update(passing) {
    const focused = this.state.vehicle !== null || this.hovered !== null;
    this.map.getPane('routes').style.opacity = focused ? 0.13 : 1;
    this.markLayer.redraw();
    if (!passing) this.writeAddress();
  }

  // The address keeps what is looked at, so that it can be sent to a colleague.
  writeAddress() {
    if (!this.listening) return;
    const {vehicle, order, tab} = this.state, parts = [];
    if (vehicle) parts.push('vehicle=' + encodeURIComponent(this.nameOf(vehicle)));
    if (order >= 0) parts.push('order=' + encodeURIComponent(this.data.orders[order]));
    if (tab !== 'vehicles') parts.push('tab=' + tab);
    const centre = this.map.getCenter();
    parts.push('at=' + centre.lat.toFixed(5) + ',' + centre.lng.toFixed(5) + ',' + this.map.getZoom());
    history.replaceState(null, '', '#' + parts.join('&'));
  }

  readAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1).replace(/\+/g, '%2B'));
    const at = (wanted.get('at') || '').split(',').map(Number);
    const placed = at.length === 3 && at.every(Number.isFinite);
    if (placed) this.map.setView([at[0], at[1]], at[2]);
    else this.map.fitBounds(this.home, {padding: [8, 8]});
    if (!this.layered) this.addLayers();
    this.layered = true;
    this.showTab(['vehicles', 'unserved', 'timeline'].includes(wanted.get('tab')) ? wanted.get('tab') : 'vehicles');
    const vehicle = this.plan.routes[this.names.indexOf(wanted.get('vehicle'))] || null;
    const order = wanted.has('order') ? this.data.orders.indexOf(wanted.get('order')) : -1;
    if (vehicle || order >= 0) this.choose({vehicle, order, jump: !placed && order >= 0, fit: !placed && order < 0});
  }

  tellTimeline(hit, event) {
    const tip = byId('tip'), {plan} = this;
    tip.hidden = !hit || hit.step < 0;
    if (tip.hidden) return;
    const {step} = hit;
    const driving = hit.moment < plan.arrival[step] && step > hit.route.first;
    const next = plan.order[step] < 0 ? 'the end' : this.details.orderOf(step);
    if (plan.order[step] < 0 || driving) {
      const text = step === hit.route.first ? 'leaves at ' + clock(plan.departure[step]) :
        'drives to ' + next + ', ' + clock(plan.departure[step - 1]) + '–' + clock(plan.arrival[step]);
      tip.replaceChildren(element('b', '', this.nameOf(hit.route)), element('div', '', text));
    } else {
      tip.replaceChildren(this.details.stopCard(step));
    }
    this.placeTip(event.clientX, event.clientY);
  }

  placeTip(x, y) {
    const tip = byId('tip');
    tip.style.left = Math.max(4, Math.min(window.innerWidth - tip.offsetWidth - 8, x + 14)) + 'px';
    tip.style.top = (y + 18 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 12 : y + 18) + 'px';
  }

  // What lies under the pointer on the map: a stop, an unserved order or a route.
  under(latlng, reachPixels) {
    const {plan, state} = this, zoom = this.map.getZoom();
    const x = toX(latlng.lng), y = toY(latlng.lat), reach = reachPixels * 2 ** (BASE_ZOOM - zoom);
    const shown = state.vehicle || this.hovered;
    if (!shown || state.tab === 'unserved') {
      const i = nearestPoint(this.unservedPlaces.length, (p) => this.unservedPlaces[p].x, (p) => this.unservedPlaces[p].y, x, y, reach);
      if (i >= 0) return {entry: this.unservedPlaces[i].entry};
    }
    const candidates = state.vehicle ? [state.vehicle] : zoom >= STOPS_FROM_ZOOM ? plan.routes.filter(this.isShown) : [];
    let best = -1, nearest = reach * reach;
    for (const route of candidates) {
      if (x < route.box[0] - reach || x > route.box[2] + reach || y < route.box[1] - reach || y > route.box[3] + reach) continue;
      for (let s = route.first; s < route.end; ++s) {
        if (plan.order[s] < 0) continue;
        const distance = (plan.x[plan.point[s]] - x) ** 2 + (plan.y[plan.point[s]] - y) ** 2;
        if (distance > nearest) continue;
        nearest = distance;
        best = s;
      }
    }
    if (best >= 0) return {step: best};
    const route = nearestRoute(plan, (each) => this.isShown(each), x, y, reach);
    return route ? {route} : null;
  }

  listen() {
    this.listening = true;
    this.map.on('moveend', () => this.writeAddress());
    this.map.on('mousemove', (event) => this.pointMap(event));
    this.map.on('mouseout', () => { byId('tip').hidden = true; });
    this.map.on('click', (event) => {
      const hit = this.under(event.latlng, 9);
      byId('tip').hidden = true;
      if (!hit) this.choose({});
      else if (hit.entry) this.choose({order: hit.entry.order});
      else if (hit.step !== undefined) this.choose({step: hit.step});
      else this.choose({vehicle: hit.route});
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.choose({});
    });
    window.addEventListener('hashchange', () => this.readAddress());
    new ResizeObserver(() => this.map.invalidateSize({pan: false})).observe(byId('map'));
    darkScheme.addEventListener('change', () => {
      this.colours = cssColours();
      this.colourRoutes();
      this.details.colourOf = this.timeline.colourOf = this.colourOf;
      byId('types').replaceChildren();
      this.makeTypes();
      for (const layer of [this.roadLayer, this.routeLayer, this.nameLayer, this.markLayer]) layer.redraw();
      this.refreshLists();
    });
  }

  pointMap(event) {
    const hit = this.under(event.latlng, 7), tip = byId('tip');
    this.map.getContainer().style.cursor = hit ? 'pointer' : '';
    tip.hidden = !hit;
    if (!hit) return;
    if (hit.entry) tip.replaceChildren(this.details.unservedCard(hit.entry));
    else if (hit.step !== undefined) tip.replaceChildren(this.details.stopCard(hit.step));
    else tip.replaceChildren(this.details.vehicleCard(hit.route));
    this.placeTip(event.originalEvent.clientX, event.originalEvent.clientY);
  }
}

const started = performance.now();
const app = new App();
document.body.dataset.ready = Math.round(performance.now() - started);
app.routeLayer.once('painted', () => {
  document.body.dataset.painted = Math.round(performance.now());
});
