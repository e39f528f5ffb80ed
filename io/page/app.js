// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// Puts the page together: what is chosen in one place shows in all of them.
class App {
  constructor() {
    const model = new Model();
    this.model = model;
    this.details = new Details(model);
    this.map = new MapView(model, this.details, {
      onMove: () => this.writeAddress(),
      onPick: (hit) => this.pickOnMap(hit),
      tell: (hit, event) => this.tell(hit && this.details.cardOf(hit), event)
    });
    this.makeLists();
    this.readAddress();
    this.listen();
  }

  // Lists, search, timeline.
  makeLists() {
    const {details, model} = this, {data, plan} = model;
    document.title = data.title + ' · ' + whole.format(data.totals.served) + ' orders, ' +
        whole.format(plan.routes.length) + ' vehicles';
    fillTotals(byId('totals'), data.totals, data.types, plan.routes);
    this.makeTypes();
    this.makeSorting();
    this.vehicleList = new VirtualList(byId('vehicle-list'), {
      rowHeight: 28,
      fill: (row, route) => details.fillVehicleRow(row, route),
      onPick: (route) => this.choose({vehicle: route, see: true}),
      onHover: (route) => this.hover(route)
    });
    this.stopList = new VirtualList(byId('stop-list'), {
      rowHeight: 28,
      fill: (row, step) => details.fillStopRow(row, step),
      onPick: (step) => this.choose({vehicle: model.state.vehicle, step, jump: true})
    });
    this.unservedList = new VirtualList(byId('unserved-list'), {
      rowHeight: 50,
      fill: (row, entry) => details.fillUnservedRow(row, entry),
      onPick: (entry) => this.choose({order: entry.order, jump: true})
    });
    this.makeReasons();
    this.showUnserved();
    byId('unserved').querySelector('.empty').hidden = data.unserved.length > 0;
    byId('unserved-list').hidden = data.unserved.length === 0;
    byId('tab-unserved').querySelector('b').textContent = whole.format(data.unserved.length);
    this.search = new Search(byId('query'), byId('found'), {
      orders: data.orders,
      vehicles: model.names,
      describe: (hit) => this.describe(hit),
      onPick: (hit) => this.pickFound(hit)
    });
    this.timeline = new Timeline(byId('gantt'), plan, {
      nameOf: model.nameOf,
      colourOf: model.colourOf,
      onPick: (route, step) => this.choose({vehicle: route, step, jump: step >= 0, see: step < 0}),
      onHover: (route) => this.hover(route),
      tell: (hit, event) => this.tell(hit && hit.step >= 0 ? details.momentCard(hit) : null, event)
    });
    byId('time-in').addEventListener('click', () => this.timeline.zoom(1.5));
    byId('time-out').addEventListener('click', () => this.timeline.zoom(1 / 1.5));
    wireGrip(byId('grip'));
    wireTabs(byId('tabs'), (tab) => this.showTab(tab));
    this.refreshLists();
  }

  makeTypes() {
    const {data, plan, state} = this.model, used = data.types.map(() => 0);
    for (const route of plan.routes) ++used[route.type];
    byId('types').replaceChildren(...data.types.map((type, t) => {
      const of = type.count === null ? '' : '/' + whole.format(type.count);
      const button = chip(type.id, whole.format(used[t]) + of, !state.hidden.has(t), (on) => {
        if (on)
          state.hidden.delete(t);
        else
          state.hidden.add(t);
        if (state.vehicle && !this.model.isShown(state.vehicle)) this.choose({});
        this.refreshLists();
        this.map.routeLayer.redraw();
      });
      const swatch = element('i', 'swatch');
      swatch.style.background = swatch.style.borderColor = typeColour(t);
      button.prepend(swatch);
      button.title = 'Show or hide the vehicles of type ' + type.id;
      button.dataset.type = t;
      button.dataset.used = used[t];
      return button;
    }));
  }

  makeReasons() {
    const {data, state} = this.model, counts = new Map();
    for (const {reason} of data.unserved) counts.set(reason, (counts.get(reason) || 0) + 1);
    byId('reasons').hidden = counts.size < 2;
    for (const [reason, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      byId('reasons').append(chip(reasonTexts[reason], whole.format(count), true, (on) => {
        if (on)
          state.hiddenReasons.delete(reason);
        else
          state.hiddenReasons.add(reason);
        this.showUnserved();
        this.map.refresh();
      }));
    }
  }

  showUnserved() {
    this.unservedList.show(this.model.data.unserved.filter(this.model.isReasonShown));
  }

  makeSorting() {
    const head = byId('vehicle-head');
    head.append(element('span'));
    for (const [key, text, right] of [
             ['name', 'Vehicle'], ['stops', 'Stops', true], ['metres', 'km', true],
             ['duration', 'Hours', true], ['cost', 'Cost', true]]) {
      const button = element('button', right ? 'number' : '', text);
      button.dataset.sort = key;
      button.addEventListener('click', () => {
        this.model.state.down =
            this.model.state.sort === key ? !this.model.state.down : key !== 'name';
        this.model.state.sort = key;
        this.refreshLists();
      });
      head.append(button);
    }
  }

  refreshLists() {
    const {sort, down} = this.model.state;
    const routes = this.model.plan.routes.filter(this.model.isShown);
    if (sort !== 'name') routes.sort((a, b) => a[sort] - b[sort] || a.index - b.index);
    if (down) routes.reverse();
    for (const button of byId('vehicle-head').querySelectorAll('button')) {
      const on = button.dataset.sort === sort;
      button.textContent =
          button.textContent.replace(/ [↑↓]$/, '') + (on ? down ? ' ↓' : ' ↑' : '');
      if (on)
        button.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else
        button.removeAttribute('aria-sort');
    }
    byId('tab-vehicles').querySelector('b').textContent = whole.format(routes.length);
    this.vehicleList.show(routes);
    this.vehicleList.choose(this.model.state.vehicle);
    this.timeline.show(routes);
    this.timeline.choose(this.model.state.vehicle, this.model.state.step);
    if (!this.model.state.vehicle) byId('gantt').scrollTop = 0;
    const box = byId('vehicle-list');
    document.documentElement.style.setProperty(
        '--scrollbar', box.offsetWidth - box.clientWidth + 'px');
  }

  describe(hit) {
    if (hit.kind === 'vehicle')
      return whole.format(this.model.plan.routes[hit.index].stops) + ' stops';
    const steps = this.model.stepsOf.get(hit.index);
    if (!steps) return 'unserved';
    return this.model.names[this.model.plan.route[steps[0]]] + ', ' +
        clock(this.model.plan.begin[steps[steps.length - 1]]);
  }

  pickFound(hit) {
    if (hit.kind === 'vehicle')
      this.choose({vehicle: this.model.plan.routes[hit.index], fit: true});
    else
      this.choose({order: hit.index, jump: true});
  }

  // Chooses a vehicle, one of its stops or an order; nothing: everything again. `jump` moves the
  // map to the stop, `fit` to the whole route, `see` does so only where the route could not be seen
  // well.
  choose({vehicle = null, order = -1, step = -1, jump = false, fit = false, see = false}) {
    const {state, plan} = this.model;
    if (order < 0 && step >= 0) order = plan.order[step];
    const steps = this.model.stepsOf.get(order) || [];
    if (order >= 0 && step < 0 && steps.length > 0) step = steps[steps.length - 1];
    if (step >= 0) vehicle = plan.routes[plan.route[step]];
    if (vehicle && state.hidden.has(vehicle.type))
      byId('types').querySelector('[data-type="' + vehicle.type + '"]').click();
    Object.assign(state, {vehicle, order, step});
    this.model.hovered = null;
    byId('tip').hidden = true;
    this.map.map.closePopup();
    const entry = this.model.unservedOf.get(order);
    if (entry) {
      this.showTab('unserved');
      this.unservedList.choose(entry);
      this.map.showUnserved(entry, jump);
    } else if (step >= 0 && plan.order[step] >= 0) {
      this.map.showStop(step, jump);
    } else if (step >= 0 && jump) {
      this.map.map.panTo(this.map.placeOf(step));
    }
    if (vehicle && (fit || see && !this.map.isSeen(vehicle))) this.map.fitRoute(vehicle);
    this.showDetail();
    this.timeline.choose(vehicle, step);
    this.update();
  }

  showDetail() {
    const {vehicle, step} = this.model.state;
    byId('vehicles').classList.toggle('detailed', vehicle !== null);
    byId('detail').hidden = vehicle === null;
    this.vehicleList.choose(vehicle);
    if (!vehicle) return;
    if (this.model.state.tab === 'unserved') this.showTab('vehicles');
    if (this.detailed !== vehicle) {
      byId('detail-head')
          .replaceChildren(this.details.vehicleHead(
              vehicle, {onBack: () => this.choose({}), onFit: () => this.map.fitRoute(vehicle)}));
      this.stopList.show(
          Array.from({length: vehicle.end - vehicle.first}, (_, i) => vehicle.first + i));
      byId('stop-list').scrollTop = 0;
    }
    this.detailed = vehicle;
    this.stopList.choose(step);
  }

  hover(route) {
    if (this.model.hovered === route) return;
    this.model.hovered = route;
    this.timeline.hover(route);
    this.update(true);
  }

  showTab(tab) {
    this.model.state.tab = document.body.dataset.tab = tab;
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
    this.map.refresh();
    if (!passing) this.writeAddress();
  }

  // The address keeps what is looked at, so that it can be sent to a colleague.
  writeAddress() {
    if (!this.listening) return;
    const {vehicle, order, tab} = this.model.state, parts = [];
    if (vehicle) parts.push('vehicle=' + encodeURIComponent(this.model.nameOf(vehicle)));
    if (order >= 0) parts.push('order=' + encodeURIComponent(this.model.data.orders[order]));
    if (tab !== 'vehicles') parts.push('tab=' + tab);
    const {map} = this.map, centre = map.getCenter();
    parts.push('at=' + centre.lat.toFixed(5) + ',' + centre.lng.toFixed(5) + ',' + map.getZoom());
    history.replaceState(null, '', '#' + parts.join('&'));
  }

  readAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1).replace(/\+/g, '%2B'));
    const at = (wanted.get('at') || '').split(',').map(Number);
    const placed = at.length === 3 && at.every(Number.isFinite);
    if (placed)
      this.map.map.setView([at[0], at[1]], at[2]);
    else
      this.map.home();
    this.showTab(
        ['vehicles', 'unserved', 'timeline'].includes(wanted.get('tab')) ? wanted.get('tab') :
                                                                           'vehicles');
    const vehicle = this.model.plan.routes[this.model.names.indexOf(wanted.get('vehicle'))] || null;
    const order = wanted.has('order') ? this.model.data.orders.indexOf(wanted.get('order')) : -1;
    this.choose({vehicle, order, jump: !placed && order >= 0, fit: !placed && order < 0});
  }

  pickOnMap(hit) {
    this.tell(null);
    if (!hit)
      this.choose({});
    else if (hit.entry)
      this.choose({order: hit.entry.order});
    else if (hit.step !== undefined)
      this.choose({step: hit.step});
    else if (hit.leg !== undefined)
      this.map.showLeg(hit.leg);
    else
      this.choose({vehicle: hit.route});
  }

  // Shows a card beside the pointer; none: hides it.
  tell(card, event) {
    byId('tip').hidden = !card;
    if (!card) return;
    byId('tip').replaceChildren(card);
    this.placeTip(event.clientX, event.clientY);
  }

  placeTip(x, y) {
    const tip = byId('tip');
    tip.style.left = Math.max(4, Math.min(window.innerWidth - tip.offsetWidth - 8, x + 14)) + 'px';
    tip.style.top =
        (y + 18 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 12 : y + 18) +
        'px';
  }

  listen() {
    this.listening = true;
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.choose({});
    });
    window.addEventListener('hashchange', () => this.readAddress());
    darkScheme.addEventListener('change', () => {
      this.model.chooseColours();
      this.makeTypes();
      this.map.redraw();
      this.refreshLists();
    });
  }
}

const started = performance.now();
const app = new App();
document.body.dataset.ready = Math.round(performance.now() - started);
app.map.routeLayer.once('painted', () => {
  document.body.dataset.painted = Math.round(performance.now());
});
