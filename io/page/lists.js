// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// A list of any length: only the rows in view exist. Arrow keys move the choice, the pointer
// previews.
class VirtualList {
  // `fill(row, item, index)` writes a row's content; `onPick` and `onHover` take an item (null:
  // none).
  constructor(box, {rowHeight, fill, onPick, onHover}) {
    this.box = box;
    this.rowHeight = rowHeight;
    this.fill = fill;
    this.onPick = onPick;
    this.onHover = onHover || (() => {});
    this.items = [];
    this.chosen = -1;
    this.rows = element('div', 'rows');
    box.append(this.rows);
    box.addEventListener('scroll', () => this.draw(), {passive: true});
    box.addEventListener('keydown', (event) => this.key(event));
    box.addEventListener('mouseleave', () => this.onHover(null));
    this.rows.addEventListener('mouseover', (event) => {
      const row = event.target.closest('.row');
      if (row) this.onHover(this.items[Number(row.dataset.index)]);
    });
    this.rows.addEventListener('click', (event) => {
      const row = event.target.closest('.row');
      if (row) this.onPick(this.items[Number(row.dataset.index)]);
    });
    new ResizeObserver(() => this.draw()).observe(box);
  }

  show(items) {
    this.items = items;
    this.chosen = -1;
    this.rows.style.height = items.length * this.rowHeight + 'px';
    this.draw();
  }

  // Marks an item and brings it into view.
  choose(item) {
    this.chosen = this.items.indexOf(item);
    if (this.chosen >= 0) {
      const top = this.chosen * this.rowHeight, box = this.box;
      if (top < box.scrollTop) box.scrollTop = top - this.rowHeight;
      if (top + this.rowHeight > box.scrollTop + box.clientHeight)
        box.scrollTop = top + 2 * this.rowHeight - box.clientHeight;
    }
    this.draw();
  }

  draw() {
    if (this.box.clientHeight === 0) return;
    const first = Math.max(0, Math.floor(this.box.scrollTop / this.rowHeight) - 4);
    const end = Math.min(
        this.items.length,
        Math.ceil((this.box.scrollTop + this.box.clientHeight) / this.rowHeight) + 4);
    const rows = [];
    for (let i = first; i < end; ++i) {
      const row = element('div', 'row');
      row.setAttribute('role', 'option');
      row.setAttribute('aria-selected', String(i === this.chosen));
      row.setAttribute('aria-posinset', i + 1);
      row.setAttribute('aria-setsize', this.items.length);
      row.id = this.box.id + '-' + i;
      row.dataset.index = i;
      row.style.top = i * this.rowHeight + 'px';
      row.style.height = this.rowHeight + 'px';
      this.fill(row, this.items[i], i);
      rows.push(row);
    }
    this.rows.replaceChildren(...rows);
    if (this.chosen >= first && this.chosen < end) {
      this.box.setAttribute('aria-activedescendant', this.box.id + '-' + this.chosen);
    } else {
      this.box.removeAttribute('aria-activedescendant');
    }
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.rowHeight) - 1);
    const moves =
        {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity};
    if (!(event.key in moves) || this.items.length === 0) return;
    event.preventDefault();
    const to = Math.min(this.items.length - 1, Math.max(0, this.chosen + moves[event.key]));
    this.choose(this.items[to]);
    this.onPick(this.items[to]);
  }
}

// Buttons of which one is on; arrow keys move between them.
function wireTabs(bar, onTab) {
  const tabs = [...bar.querySelectorAll('[role="tab"]')];
  for (const tab of tabs) tab.addEventListener('click', () => onTab(tab.dataset.tab));
  bar.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const shown = tabs.filter((tab) => tab.offsetParent !== null);
    const next =
        shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
    next.focus();
    onTab(next.dataset.tab);
  });
}

// A button that shows or hides what it names; `onToggle` is told whether it is shown now.
function chip(name, count, isOn, onToggle) {
  const button = element('button');
  button.setAttribute('aria-pressed', String(isOn));
  button.append(element('span', '', name), element('b', '', count));
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    onToggle(on);
  });
  return button;
}

// The search box: orders whose id holds the text, those that begin with it first; vehicles too.
class Search {
  constructor(input, list, {orders, vehicles, describe, onPick}) {
    Object.assign(this, {input, list, orders, vehicles, describe, onPick, found: [], chosen: 0});
    input.addEventListener('input', () => this.update());
    input.addEventListener('focus', () => this.update());
    input.addEventListener('blur', () => setTimeout(() => this.close(), 150));
    input.addEventListener('keydown', (event) => this.key(event));
    list.addEventListener('mousedown', (event) => {
      const item = event.target.closest('li[data-index]');
      event.preventDefault();
      if (item) this.pick(Number(item.dataset.index));
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.target.closest('input')) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  }

  matches(text) {
    this.lower = this.lower || {
      order: this.orders.map((id) => id.toLowerCase()),
      vehicle: this.vehicles.map((id) => id.toLowerCase())
    };
    const exact = [], begins = [], holds = [];
    for (const kind of ['vehicle', 'order']) {
      const ids = this.lower[kind];
      for (let i = 0; i < ids.length; ++i) {
        const at = ids[i].indexOf(text);
        if (at < 0) continue;
        const rank = at > 0 ? holds : ids[i].length > text.length ? begins : exact;
        if (rank.length < 8) rank.push({kind, index: i});
        if (exact.length + begins.length >= 16) break;
      }
    }
    return exact.concat(begins, holds).slice(0, 8);
  }

  update() {
    const text = this.input.value.trim().toLowerCase();
    this.found = text ? this.matches(text) : [];
    this.chosen = 0;
    const items = this.found.map((hit, i) => {
      const item = element('li');
      item.id = 'found-' + i;
      item.dataset.index = i;
      item.setAttribute('role', 'option');
      item.append(
          element(
              'b', '', hit.kind === 'order' ? this.orders[hit.index] : this.vehicles[hit.index]),
          element('span', '', this.describe(hit)));
      return item;
    });
    if (text && items.length === 0)
      items.push(element('li', 'none', 'Nothing has this in its name.'));
    this.list.replaceChildren(...items);
    this.list.hidden = !text;
    this.input.setAttribute('aria-expanded', String(!!text));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach(
        (item, i) =>
            item.setAttribute('aria-selected', String(i === this.chosen && this.found.length > 0)));
    if (this.found.length > 0) {
      this.input.setAttribute('aria-activedescendant', 'found-' + this.chosen);
    } else {
      this.input.removeAttribute('aria-activedescendant');
    }
  }

  key(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step && this.found.length > 0) {
      this.chosen = (this.chosen + step + this.found.length) % this.found.length;
      this.mark();
      event.preventDefault();
    } else if (event.key === 'Enter' && this.found.length > 0) {
      this.pick(this.chosen);
    } else if (event.key === 'Escape') {
      this.input.value = '';
      this.close();
      this.input.blur();
      event.stopPropagation();
    }
  }

  pick(i) {
    const hit = this.found[i];
    this.close();
    this.input.blur();
    this.onPick(hit);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
  }
}
