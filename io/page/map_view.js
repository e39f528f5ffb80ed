// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// The map: its layers, where it looks, and what lies under the pointer.
class MapView {
  // `onPick` takes what was clicked, `tell` what is pointed at: {step}, {entry}, {route}, with
  // {leg} where it is the chosen one's, or null.
  constructor(model, details, {onMove, onPick, tell}) {
    Object.assign(this, {model, details, tell});
    this.map = L.map('map', {minZoom: 3, maxZoom: 19, zoomControl: false, tap: false});
    this.map.attributionControl.setPrefix(false);
    this.map.attributionControl.addAttribution('© OpenStreetMap contributors');
    L.control.zoom({position: 'topright'}).addTo(this.map);
    L.control.scale({position: 'bottomright', imperial: false}).addTo(this.map);
    this.addLayers();
    this.map.on('moveend', onMove);
    this.map.on('mousemove', (event) => this.point(event));
    this.map.on('mouseout', () => tell(null));
    this.map.on('click', (event) => onPick(this.under(event.latlng, 9)));
    new ResizeObserver(() => this.map.invalidateSize({pan: false})).observe(byId('map'));
  }

  addLayers() {
    const {model} = this, {plan, roads} = model;
    const pane = (name, order) => {
      this.map.createPane(name).style.zIndex = order;
      return name;
    };
    this.roadLayer = new TileLayer(
        {pane: pane('roads', 210), paint: (view) => paintRoads(roads, model.colours, view)});
    this.routeLayer = new TileLayer({
      pane: pane('routes', 310),
      paint: (view) => paintRoutes(plan, model.colourOf, model.isShown, model.colours, view)
    });
    this.nameLayer = new CanvasOverlay({
      pane: pane('names', 410),
      padding: 0.1,
      paint: (view) => paintNames(roads, model.data.streets, model.colours, view)
    });
    this.markLayer = new CanvasOverlay(
        {pane: pane('marks', 420), padding: 0.2, paint: (view) => this.paintMarks(view)});
    this.layers = [this.roadLayer, this.routeLayer, this.nameLayer, this.markLayer];
    for (const layer of this.layers) layer.addTo(this.map);
  }

  redraw() {
    for (const layer of this.layers) layer.redraw();
  }

  // Draws again what depends on what is chosen.
  refresh() {
    this.map.getPane('routes').style.opacity = this.model.focus() ? 0.13 : 1;
    this.markLayer.redraw();
  }

  paintMarks(view) {
    const {plan, state, hovered, colours, colourOf} = this.model;
    if (hovered && hovered !== state.vehicle)
      paintRoute(plan, hovered, colourOf(hovered), colours, new Set(), view);
    if (state.vehicle) {
      const marked = this.model.markedSteps();
      paintRoute(plan, state.vehicle, colourOf(state.vehicle), colours, marked, view);
    }
    const focus = this.model.focus();
    if (!focus || state.tab === 'unserved')
      paintUnserved(this.model.unservedShown(), state.order, colours, view);
    paintDepots(plan, focus ? [focus] : plan.routes, colours, view);
  }

  home() { this.map.fitBounds(this.boundsOf(this.model.wholePlan()), {padding: [8, 8]}); }

  boundsOf(box) {
    return Number.isFinite(box[0]) ?
        L.latLngBounds(toLatLng(box[0], box[1]), toLatLng(box[2], box[3])) :
        L.latLngBounds([-60, -170], [70, 170]);
  }

  placeOf(step) {
    const {plan} = this.model;
    return toLatLng(plan.x[plan.point[step]], plan.y[plan.point[step]]);
  }

  // Opens a stop's card; with `jump` all stops of its order come into view.
  showStop(step, jump) {
    if (jump) {
      const bounds = L.latLngBounds([...this.model.markedSteps()].map((s) => this.placeOf(s)));
      const maxZoom = Math.max(16, this.map.getZoom());
      this.map.fitBounds(bounds, {maxZoom, padding: [60, 60], animate: false});
    }
    this.popup(this.placeOf(step), this.details.stopCard(step));
  }

  // Opens a leg's card on the middle of its line.
  showLeg(step) {
    const {plan} = this.model;
    const middle = Math.ceil((plan.point[step - 1] + plan.point[step]) / 2);
    this.popup(toLatLng(plan.x[middle], plan.y[middle]), this.details.legCard(step));
  }

  showUnserved(entry, jump) {
    const place = this.model.unservedPlaces.find((each) => each.order === entry.order);
    if (!place) return;
    const at = toLatLng(place.x, place.y);
    if (jump) this.map.setView(at, Math.max(15, this.map.getZoom()), {animate: false});
    this.popup(at, this.details.unservedCard(entry));
  }

  popup(place, card) {
    L.popup({autoPanPadding: [20, 20], offset: [0, -6], maxWidth: 280})
        .setLatLng(place)
        .setContent(card)
        .openOn(this.map);
  }

  // Whether a route lies in view and is not tiny there.
  isSeen(route) {
    const bounds = this.boundsOf(route.box), size = this.map.getSize();
    const corner = this.map.latLngToContainerPoint(bounds.getNorthWest());
    const other = this.map.latLngToContainerPoint(bounds.getSouthEast());
    return this.map.getBounds().contains(bounds) &&
        Math.max((other.x - corner.x) / size.x, (other.y - corner.y) / size.y) > 0.25;
  }

  fitRoute(route) {
    const options = {padding: [30, 30], maxZoom: 16, animate: false};
    this.map.fitBounds(this.boundsOf(route.box), options);
  }

  // What lies within so many pixels of a place: a stop, an unserved order, a leg, a route or
  // nothing.
  under(latlng, pixels) {
    const {plan, state, isShown} = this.model, zoom = this.map.getZoom();
    const x = toX(latlng.lng), y = toY(latlng.lat), reach = pixels * 2 ** (BASE_ZOOM - zoom);
    if (!this.model.focus() || state.tab === 'unserved') {
      const place = nearestPlace(this.model.unservedShown(), x, y, reach);
      if (place) return {entry: place.entry};
    }
    const withStops = state.vehicle ? [state.vehicle] :
        zoom >= STOPS_FROM_ZOOM     ? plan.routes.filter(isShown) :
                                      [];
    const step = nearestStop(plan, withStops, x, y, reach);
    if (step >= 0) return {step};
    // A leg of the chosen vehicle, else a whole route.
    const own = state.vehicle && nearestLeg(plan, [state.vehicle], x, y, reach);
    if (own) return own;
    const other = nearestLeg(plan, plan.routes.filter(isShown), x, y, reach);
    return other && {route: other.route};
  }

  point(event) {
    const hit = this.under(event.latlng, 7);
    this.map.getContainer().style.cursor = hit ? 'pointer' : '';
    this.tell(hit, event.originalEvent);
  }
}
