// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// What is said about one vehicle, one stop or one order. Everything here makes elements; app.js
// places them.

const reasonTexts = {
  impossible: 'not possible',
  unreachable: 'no way there',
  capacity: 'too large',
  skills: 'needs a skill',
  window: 'window missed',
  shift: 'shift too short',
  limits: 'vehicle limits',
  fleet: 'fleet is full',
  price: 'not worth it',
  group: 'another is served',
  ride: 'ride too long',
  locked: 'locked elsewhere',
};

class Details {
  constructor(model) {
    const {plan, data, nameOf, colourOf} = model;
    Object.assign(this, {plan, data, nameOf, colourOf});
    this.dimensions = data.dimensions.map((name, d) => loadDimension(name, data.load_units[d]));
  }

  windowsText(step) {
    const windows = this.plan.windows.get(step);
    return windows ?
        windows.map(([open, close]) => clock(open) + '–' + (close === Infinity ? '' : clock(close)))
            .join(', ') :
        '';
  }

  late(step) {
    const windows = this.plan.windows.get(step), begin = this.plan.begin[step];
    return !!windows && !windows.some(([open, close]) => open <= begin && begin <= close);
  }

  // What the vehicle carries when it leaves, such as "120 l, 35 kg".
  loadText(step) {
    const count = this.dimensions.length;
    return this.dimensions
        .map((dimension, d) => amount(dimension, this.plan.load[step * count + d]))
        .join(', ');
  }

  // What a step puts on board or takes off.
  handledText(step) {
    const count = this.dimensions.length;
    return this.dimensions
        .map(
            (dimension, d) => amount(
                dimension,
                Math.abs(
                    this.plan.load[step * count + d] - this.plan.load[(step - 1) * count + d])))
        .join(', ');
  }

  orderOf(step) { return this.data.orders[this.plan.order[step]]; }

  fact(table, name, text, className) {
    if (!text) return;
    const row = element('tr');
    row.append(element('th', '', name), element('td', className, text));
    table.append(row);
  }

  stopFacts(step) {
    const {plan} = this, table = element('table');
    const wait = plan.begin[step] - plan.arrival[step];
    this.fact(
        table, 'Arrival', clock(plan.arrival[step]) + (wait >= 60 ? ', waits ' + span(wait) : ''));
    this.fact(table, 'Service', clock(plan.begin[step]) + '–' + clock(plan.departure[step]));
    this.fact(table, 'Window', this.windowsText(step), this.late(step) ? 'late' : '');
    this.fact(table, plan.kind[step] === PICKUP ? 'Loads' : 'Unloads', this.handledText(step));
    this.fact(table, 'On board', this.loadText(step));
    this.fact(
        table, 'Vehicle',
        this.nameOf(plan.routes[plan.route[step]]) + ', stop ' +
            (step - plan.routes[plan.route[step]].first));
    if (plan.reasons.size > 0) this.fact(table, 'Way here', this.legText(step));
    this.reasonFacts(table, step);
    return table;
  }

  placeName(step) {
    const {plan} = this;
    return plan.order[step] >= 0 ? this.orderOf(step) :
        plan.kind[step] === REST ? 'break' :
                                   'depot';
  }

  // Where and when an order is served, such as "van-3, 10:40".
  servedText(order) {
    const step = this.plan.order.indexOf(order);
    return step < 0 ?
        'unserved' :
        this.nameOf(this.plan.routes[this.plan.route[step]]) + ', ' + clock(this.plan.begin[step]);
  }

  // What the scorer thought of the way to a stop, and what it would have liked next to it.
  reasonFacts(table, step) {
    const reason = this.plan.reasons.get(step);
    if (!reason) return;
    const {rank, of, score, other} = reason;
    this.fact(
        table, 'Score',
        rank === 0 ? 'not among the ' + of + ' candidates' :
                     scoreText(score) + ', ' + ordinal(rank) + ' of ' + of + ' by ' +
                this.data.scorer);
    if (!other) return;
    this.fact(
        table, rank === 1 ? 'Runner-up' : 'Scored best',
        this.data.orders[other.order] + ', ' + scoreText(other.score) + ', ' +
            span(other.seconds) + ' away (' + this.servedText(other.order) + ')');
  }

  legText(step) {
    const {plan} = this;
    return span(plan.arrival[step] - plan.departure[step - 1]) + ', ' +
        km(plan.metres[step] - plan.metres[step - 1]) + ' km';
  }

  // The card of the leg that leads to a step.
  legCard(step) {
    const card = element('div', 'card'), table = element('table');
    this.fact(
        table, 'Drives',
        clock(this.plan.departure[step - 1]) + '–' + clock(this.plan.arrival[step]) + ', ' +
            this.legText(step));
    this.reasonFacts(table, step);
    card.append(
        element('h3', '', this.placeName(step - 1) + ' → ' + this.placeName(step)), table);
    return card;
  }

  stopCard(step) {
    const card = element('div', 'card');
    card.append(
        element(
            'h3', '',
            (this.plan.kind[step] === PICKUP ? 'Pickup of ' : 'Delivery of ') + this.orderOf(step)),
        this.stopFacts(step));
    return card;
  }

  unservedCard(entry) {
    const card = element('div', 'card');
    const table = element('table');
    this.fact(table, 'Unserved', reasonTexts[entry.reason] || entry.reason, 'late');
    this.fact(table, 'Because', entry.detail);
    card.append(element('h3', '', this.data.orders[entry.order]), table);
    return card;
  }

  vehicleCard(route) {
    const card = element('div', 'card'), table = element('table');
    this.fact(table, 'Stops', whole.format(route.stops));
    this.fact(table, 'Distance', km(route.metres) + ' km');
    this.fact(
        table, 'Hours',
        clock(this.plan.departure[route.first]) + '–' + clock(this.plan.arrival[route.end - 1]));
    card.append(element('h3', '', this.nameOf(route)), table);
    return card;
  }

  // The card of what lies under the pointer on the map.
  cardOf({step, entry, route, leg}) {
    if (entry) return this.unservedCard(entry);
    if (leg !== undefined) return this.legCard(leg);
    return route ? this.vehicleCard(route) : this.stopCard(step);
  }

  // The card of a moment in a vehicle's day.
  momentCard({route, step, moment}) {
    const {plan} = this;
    const driving = moment < plan.arrival[step] && step > route.first;
    if (plan.order[step] >= 0 && !driving) return this.stopCard(step);
    const to = plan.order[step] < 0 ? 'the end' : this.orderOf(step);
    const text = step === route.first ? 'leaves at ' + clock(plan.departure[step]) :
                                        'drives to ' + to + ', ' + clock(plan.departure[step - 1]) +
            '–' + clock(plan.arrival[step]);
    const card = element('div', 'card');
    card.append(element('h3', '', this.nameOf(route)), element('div', '', text));
    return card;
  }

  // The heading of one vehicle's list of stops.
  vehicleHead(route, {onBack, onFit}) {
    const {plan} = this, head = document.createDocumentFragment();
    const name = element('div', 'name');
    const back = element('button', 'back', '‹ All'), fit = element('button', 'fit', 'Show on map');
    back.addEventListener('click', onBack);
    back.title = 'Back to all vehicles (Esc)';
    fit.addEventListener('click', onFit);
    const swatch = element('i', 'swatch');
    swatch.style.background = swatch.style.borderColor = this.colourOf(route);
    name.append(back, swatch, element('span', '', this.nameOf(route)), fit);
    const facts = (pairs) => {
      const line = element('p');
      for (const [figure, word] of pairs) {
        const part = element('span');
        part.append(element('b', '', figure), ' ' + word);
        line.append(part);
      }
      return line;
    };
    head.append(
        name, facts([
          [clock(plan.departure[route.first]) + '–' + clock(plan.arrival[route.end - 1]), ''],
          [whole.format(route.stops), 'stops'], [km(route.metres), 'km'],
          [whole.format(route.cost), 'cost']
        ]),
        facts([
          [hours(route.driving), 'driving'], [hours(route.service), 'service'],
          [hours(route.waiting), 'waiting']
        ]));
    this.dimensions.forEach((dimension, d) => head.append(this.meter(route, dimension, d)));
    return head;
  }

  // The most that a vehicle carries at a time, against what it can.
  meter(route, dimension, d) {
    let most = 0;
    for (let s = route.first; s < route.end; ++s)
      most = Math.max(most, this.plan.load[s * this.dimensions.length + d]);
    const capacity = this.data.types[route.type].capacity[d];
    const meter = element('div', 'meter'), bar = element('div'), fill = element('i');
    fill.style.width = (capacity > 0 ? Math.min(100, 100 * most / capacity) : 0) + '%';
    bar.append(fill);
    meter.append(
        element('span', '', dimension.name), bar,
        element('span', '', amount(dimension, most) + ' of ' + amount(dimension, capacity)));
    return meter;
  }

  fillStopRow(row, step) {
    const {plan} = this, order = plan.order[step], route = plan.routes[plan.route[step]];
    const wait = plan.begin[step] - plan.arrival[step];
    const note = [
      this.windowsText(step), wait >= 60 ? 'waits ' + span(wait) : ''
    ].filter(Boolean).join(' · ');
    if (order < 0) row.classList.add('depot');
    row.title = note;
    const mark = element(
        'span', 'kind',
        plan.kind[step] === PICKUP       ? '↑' :
            plan.kind[step] === DELIVERY ? '↓' :
                                           '■');
    mark.title = ['Start', 'Pickup', 'Delivery', 'End', 'Break', 'Reload'][plan.kind[step]];
    const name = order >= 0 ? this.orderOf(step) : mark.title;
    row.append(
        element('span', 'n', order >= 0 ? step - route.first : ''),
        element('span', '', clock(plan.begin[step])), mark, element('span', '', name),
        element('span', 'note', note));
  }

  fillVehicleRow(row, route) {
    const swatch = element('i', 'swatch');
    swatch.style.background = swatch.style.borderColor = this.colourOf(route);
    row.append(
        swatch, element('span', '', this.nameOf(route)),
        element('span', 'number', whole.format(route.stops)),
        element('span', 'number', km(route.metres)),
        element('span', 'number', hours(route.duration)),
        element('span', 'number', whole.format(route.cost)));
  }

  fillUnservedRow(row, entry) {
    row.append(
        element('span', '', this.data.orders[entry.order]),
        element('span', 'tag', reasonTexts[entry.reason] || entry.reason),
        element('span', 'why', entry.detail || ' '));
    row.title = entry.detail;
  }
}

function fillTotals(list, totals, types, routes) {
  const add = (name, figure, note, bad) => {
    const box = element('div', bad ? 'bad' : ''), value = element('dd', '', figure);
    box.dataset.total = name;
    if (note) value.append(' ', element('small', '', note));
    box.append(element('dt', '', name), value);
    list.append(box);
  };
  add('Served', whole.format(totals.served), 'orders');
  add('Unserved', whole.format(totals.unserved), 'orders', totals.unserved > 0);
  add('On time', percent(totals.in_window, totals.with_window),
      totals.with_window ? 'of ' + compact.format(totals.with_window) : 'no windows');
  add('Vehicles', whole.format(totals.vehicles),
      types.every((type) => type.count !== null) ?
          'of ' + whole.format(types.reduce((sum, type) => sum + type.count, 0)) :
          '');
  add('Distance', km(totals.distance_m), 'km');
  add('Cost', whole.format(totals.cost), '');
  add('Time', whole.format(totals.duration_s / 3600), 'h');
  add('Driving', whole.format(totals.driving_s / 3600), 'h');
  const stops = routes.reduce((sum, route) => sum + route.stops, 0);
  add('Stops a vehicle', routes.length ? oneDecimal.format(stops / routes.length) : '–', '');
}
