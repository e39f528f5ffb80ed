// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The plan, the city and what of them is chosen and shown.

const byId = (id) => document.getElementById(id);

// Takes a data element's text and frees it.
function takeText(id) {
  const holder = byId(id), text = holder.textContent;
  holder.remove();
  return text;
}

class Model {
  constructor() {
    this.data = JSON.parse(takeText('plan-data'));
    this.roads = decodeRoads(takeText('road-data'));
    this.plan = decodeRoutes(takeText('route-data'), this.data.dimensions.length);
    this.plan.reasons = decodeReasons(takeText('reason-data'), this.plan.steps);
    this.state = {
      vehicle: null,
      order: -1,
      step: -1,
      tab: 'vehicles',
      sort: 'name',
      down: false,
      hidden: new Set(),
      hiddenReasons: new Set()
    };
    this.hovered = null;
    this.names =
        this.plan.routes.map((route) => this.data.types[route.type].id + '-' + (route.vehicle + 1));
    this.nameOf = (route) => this.names[route.index];
    this.colourOf = (route) => this.palette[route.index];
    this.isShown = (route) => !this.state.hidden.has(route.type);
    this.isReasonShown = (entry) => !this.state.hiddenReasons.has(entry.reason);
    this.chooseColours();
    this.indexOrders();
  }

  chooseColours() {
    this.colours = cssColours();
    this.palette = this.plan.routes.map((route) => vehicleColour(route.type, route.vehicle));
  }

  indexOrders() {
    const {plan} = this;
    this.stepsOf = new Map();
    for (let s = 0; s < plan.steps; ++s) {
      if (plan.order[s] < 0) continue;
      const steps = this.stepsOf.get(plan.order[s]);
      if (steps)
        steps.push(s);
      else
        this.stepsOf.set(plan.order[s], [s]);
    }
    this.unservedOf = new Map(this.data.unserved.map((entry) => [entry.order, entry]));
    this.unservedPlaces = [];
    for (const entry of this.data.unserved) {
      for (const place of [entry.pickup, entry.delivery]) {
        if (place)
          this.unservedPlaces.push({order: entry.order, entry, x: toX(place[1]), y: toY(place[0])});
      }
    }
  }

  // The route that stands out: the chosen one, else the one pointed at.
  focus() { return this.state.vehicle || this.hovered; }

  // Where the unserved orders lie whose reasons are shown.
  unservedShown() { return this.unservedPlaces.filter((place) => this.isReasonShown(place.entry)); }

  // The steps to mark on the map.
  markedSteps() {
    const {order, step} = this.state;
    return new Set(order >= 0 ? this.stepsOf.get(order) : step >= 0 ? [step] : []);
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
    if (this.plan.routes.length === 0)
      for (let i = 0; i < this.roads.count; ++i) add(this.roads.boxes.subarray(4 * i, 4 * i + 4));
    return box;
  }
}
