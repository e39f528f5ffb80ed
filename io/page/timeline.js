// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// One row a vehicle: when it drives, waits and serves. The canvas is as large as the view; only
// rows in view are drawn.
const ROW = 22, AXIS = 22;

class Timeline {
  constructor(box, plan, {nameOf, colourOf, onPick, onHover, tell}) {
    Object.assign(this, {box, plan, nameOf, colourOf, onPick, onHover, tell});
    this.canvas = box.querySelector('canvas');
    this.space = box.querySelector('div');
    this.routes = [];
    this.stretch = 1;
    this.chosen = this.hovered = null;
    this.chosenStep = -1;
    let from = Infinity, to = -Infinity;
    for (const route of plan.routes) {
      from = Math.min(from, plan.arrival[route.first]);
      to = Math.max(to, plan.departure[route.end - 1]);
    }
    if (from > to) [from, to] = [0, 86400];
    this.from = Math.floor(from / 3600) * 3600;
    this.to = Math.ceil((to + 60) / 3600) * 3600;
    box.addEventListener('scroll', () => this.draw(), {passive: true});
    box.addEventListener('mousemove', (event) => this.point(event));
    box.addEventListener('mouseleave', () => this.leave());
    box.addEventListener('click', (event) => this.click(event));
    box.addEventListener('keydown', (event) => this.key(event));
    box.addEventListener('wheel', (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8, event.clientX - box.getBoundingClientRect().left);
    }, {passive: false});
    new ResizeObserver(() => this.layout()).observe(box);
  }

  show(routes) {
    this.routes = routes;
    this.layout();
  }

  choose(route, step) {
    this.chosen = route;
    this.chosenStep = step;
    const row = this.routes.indexOf(route);
    if (row >= 0) {
      const top = row * ROW, height = this.box.clientHeight - AXIS;
      if (top < this.box.scrollTop || top + ROW > this.box.scrollTop + height)
        this.box.scrollTop = top - height / 2;
    }
    this.draw();
  }

  hover(route) {
    this.hovered = route;
    this.draw();
  }

  zoom(factor, x) {
    const at = x === undefined ? (this.names + this.width) / 2 : x;
    const moment = this.moment(at);
    this.stretch = Math.min(40, Math.max(1, this.stretch * factor));
    this.layout();
    this.box.scrollLeft += this.place(moment) - at;
    this.draw();
  }

  layout() {
    this.width = this.box.clientWidth;
    this.height = this.box.clientHeight;
    if (this.width === 0 || this.height === 0) return;
    this.names = this.width < 600 ? 84 : 128;
    this.space.style.width = this.names + (this.width - this.names) * this.stretch + 'px';
    this.space.style.height = AXIS + this.routes.length * ROW + 'px';
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    this.canvas.style.width = this.width + 'px';
    this.canvas.style.height = this.height + 'px';
    this.ratio = ratio;
    this.draw();
  }

  // Pixels from the left of the view for a moment, and back.
  place(moment) {
    const all = (this.width - this.names - 12) * this.stretch;
    return this.names + (moment - this.from) / (this.to - this.from) * all - this.box.scrollLeft;
  }
  moment(x) {
    const all = (this.width - this.names - 12) * this.stretch;
    return this.from + (x - this.names + this.box.scrollLeft) / all * (this.to - this.from);
  }

  draw() {
    if (!this.width || !this.height || this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.paint(this.canvas.getContext('2d'), cssColours());
    });
  }

  paint(context, colours) {
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = colours.panel;
    context.fillRect(0, 0, this.width, this.height);
    context.font = '12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    const hours = this.hoursShown();
    context.fillStyle = colours.line;
    for (const hour of hours) context.fillRect(Math.round(this.place(hour)), AXIS, 1, this.height);
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW));
    const end = Math.min(this.routes.length, Math.ceil((this.box.scrollTop + this.height) / ROW));
    for (let row = first; row < end; ++row)
      this.paintRow(context, colours, this.routes[row], AXIS + row * ROW - this.box.scrollTop);
    this.paintAxis(context, colours, hours);
  }

  hoursShown() {
    const perHour = (this.width - this.names) * this.stretch / ((this.to - this.from) / 3600);
    const step = perHour >= 400 ? 600 :
        perHour >= 160          ? 1800 :
        perHour >= 44           ? 3600 :
        perHour >= 22           ? 7200 :
                                  14400;
    const hours = [];
    for (let t = this.from; t <= this.to; t += step) {
      const x = this.place(t);
      if (x >= this.names - 1 && x <= this.width) hours.push(t);
    }
    return hours;
  }

  paintAxis(context, colours, hours) {
    context.fillStyle = colours.panel;
    context.fillRect(0, 0, this.width, AXIS);
    context.fillStyle = colours.soft;
    context.textAlign = 'center';
    for (const hour of hours) {
      const x = this.place(hour);
      if (x > this.names + 12 && x < this.width - 14)
        context.fillText(clock(hour), x, AXIS / 2 + 1);
    }
    context.fillStyle = colours.line;
    context.fillRect(0, AXIS - 1, this.width, 1);
    context.fillRect(this.names - 1, 0, 1, this.height);
  }

  paintRow(context, colours, route, top) {
    const {plan} = this, middle = top + ROW / 2;
    if (route === this.chosen || route === this.hovered) {
      context.fillStyle = route === this.chosen ? colours.chosen : colours.hover;
      context.fillRect(0, top, this.width, ROW);
    }
    context.save();
    context.beginPath();
    context.rect(this.names, top, this.width, ROW);
    context.clip();
    const colour = this.colourOf(route);
    const bar = (from, to, height, least) => {
      const x = this.place(from), width = Math.max(least, this.place(to) - x);
      if (x + width >= this.names && x <= this.width)
        context.fillRect(x, middle - height / 2, width, height);
    };
    for (let s = route.first; s < route.end; ++s) {
      if (s > route.first) {
        context.globalAlpha = 0.45;
        context.fillStyle = colour;
        bar(plan.departure[s - 1], plan.arrival[s], 4, 0);
        context.globalAlpha = 1;
      }
      if (plan.begin[s] - plan.arrival[s] >= 60)
        this.paintWaiting(context, colours, plan.arrival[s], plan.begin[s], middle);
      if (plan.order[s] < 0) continue;
      context.fillStyle = colour;
      bar(plan.begin[s], plan.departure[s], 12, 1);
      if (s !== this.chosenStep) continue;
      context.fillStyle = colours.text;
      context.fillRect(
          this.place(plan.begin[s]) - 1, top + 1,
          Math.max(3, this.place(plan.departure[s]) - this.place(plan.begin[s]) + 2), ROW - 2);
    }
    context.restore();
    context.fillStyle = colour;
    context.fillRect(8, middle - 4, 8, 8);
    context.fillStyle = route === this.chosen ? colours.text : colours.soft;
    context.textAlign = 'left';
    context.fillText(fitText(context, this.nameOf(route), this.names - 28), 22, middle + 0.5);
  }

  paintWaiting(context, colours, from, to, middle) {
    const x0 = Math.max(this.names, this.place(from)), x1 = Math.min(this.width, this.place(to));
    context.fillStyle = colours.faint;
    for (let x = x0; x < x1; x += 4) context.fillRect(x, middle - 2, Math.min(2, x1 - x), 4);
  }

  // The route under the pointer and the step nearest to it in time, or null.
  under(event) {
    const box = this.box.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    if (y < AXIS || x > this.width || y > this.height) return null;
    const route = this.routes[Math.floor((y - AXIS + this.box.scrollTop) / ROW)];
    if (!route) return null;
    const {plan} = this, moment = this.moment(x), slack = this.moment(x + 3) - moment;
    if (x < this.names || moment < plan.arrival[route.first] - slack ||
        moment > plan.departure[route.end - 1] + slack)
      return {route, step: -1};
    for (let s = route.first; s < route.end; ++s) {
      if (moment <= plan.departure[s] + slack) return {route, step: s, moment};
    }
    return {route, step: route.end - 1, moment};
  }

  point(event) {
    const hit = this.under(event);
    if (this.hovered !== (hit && hit.route)) {
      this.hovered = hit && hit.route;
      this.onHover(this.hovered);
      this.draw();
    }
    this.tell(hit, event);
  }

  leave() {
    this.hovered = null;
    this.onHover(null);
    this.tell(null);
    this.draw();
  }

  click(event) {
    const hit = this.under(event);
    if (hit)
      this.onPick(hit.route, hit.step >= 0 && this.plan.order[hit.step] >= 0 ? hit.step : -1);
  }

  key(event) {
    if (event.key === '+' || event.key === '=') return this.zoom(1.4);
    if (event.key === '-') return this.zoom(1 / 1.4);
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step || this.routes.length === 0) return undefined;
    event.preventDefault();
    const row =
        Math.min(this.routes.length - 1, Math.max(0, this.routes.indexOf(this.chosen) + step));
    return this.onPick(this.routes[row], -1);
  }
}

function fitText(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && context.measureText(text.slice(0, length) + '…').width > width) --length;
  return text.slice(0, length) + '…';
}

// The bar above the timeline sets its height by pointer or by keys.
function wireGrip(grip) {
  const set = (height) => {
    const kept = Math.min(window.innerHeight - 160, Math.max(90, height));
    document.documentElement.style.setProperty('--timeline-height', kept + 'px');
  };
  grip.addEventListener('pointerdown', (event) => grip.setPointerCapture(event.pointerId));
  grip.addEventListener('pointermove', (event) => {
    if (grip.hasPointerCapture(event.pointerId)) set(window.innerHeight - event.clientY);
  });
  grip.addEventListener('keydown', (event) => {
    const step = {ArrowUp: 24, ArrowDown: -24}[event.key];
    if (step) set(grip.parentElement.clientHeight + step);
  });
}
