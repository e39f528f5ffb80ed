// SPDX-FileCopyrightText: The roadgnn authors
// SPDX-License-Identifier: Apache-2.0

// How figures and colours look.

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const compact = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});
const oneDecimal =
    new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1});

// Seconds after midnight as HH:MM, with the days after the first one.
function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const within = minutes - days * 1440;
  const text =
      String(Math.floor(within / 60)).padStart(2, '0') + ':' + String(within % 60).padStart(2, '0');
  return days === 0 ? text : text + (days > 0 ? ' +' : ' −') + Math.abs(days) + 'd';
}

// A duration in words: "4 min", "2 h 05".
function span(seconds) {
  if (seconds > 0 && seconds < 60) return Math.round(seconds) + ' s';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes + ' min';
  return whole.format(Math.floor(minutes / 60)) + ' h ' + String(minutes % 60).padStart(2, '0');
}

function hours(seconds) {
  const minutes = Math.round(seconds / 60);
  return whole.format(Math.floor(minutes / 60)) + ':' + String(minutes % 60).padStart(2, '0');
}

function km(metres) {
  return metres >= 1e6 ? whole.format(metres / 1000) : oneDecimal.format(metres / 1000);
}

// 1st, 2nd, 3rd, 4th, ... 11th, ... 21st.
function ordinal(number) {
  const teen = Math.floor(number / 10) % 10 === 1;
  return number + (teen ? 'th' : ['th', 'st', 'nd', 'rd'][number % 10] || 'th');
}

// A model's scores are small; those that count milliseconds are shown in seconds.
function scoreText(score) {
  return Math.abs(score) < 1000 ? score.toFixed(2) : whole.format(score / 1000) + ' s';
}

function percent(part, all) {
  if (all === 0) return '–';
  const share = 100 * part / all;
  return (share === 100 || share < 99 ? whole.format(Math.floor(share)) :
                                        oneDecimal.format(Math.floor(share * 10) / 10)) +
      ' %';
}

// Loads are counted in parts of the unit that a dimension's name ends in; people read litres and
// kilograms.
const loadUnits = {
  ml: [1000, 'l'],
  l: [1, 'l'],
  g: [1000, 'kg'],
  kg: [1, 'kg']
};
function loadDimension(name, parts) {
  const end = name.lastIndexOf('_');
  const unit = end > 0 ? loadUnits[name.slice(end + 1)] : undefined;
  return unit ? {name: name.slice(0, end), factor: parts * unit[0], unit: unit[1]} :
                {name, factor: parts, unit: ''};
}
function amount(dimension, load) {
  const value = load / dimension.factor;
  return (value < 10 && value % 1 !== 0 ? oneDecimal : whole).format(value) +
      (dimension.unit ? ' ' + dimension.unit : '');
}

// OKLCH (lightness, chroma, hue in degrees) as an sRGB colour; equal lightness looks equally light
// in every hue.
function oklch(l, c, h) {
  const a = c * Math.cos(h * Math.PI / 180), b = c * Math.sin(h * Math.PI / 180);
  const x = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const y = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const z = (l - 0.0894841775 * a - 1.2914855480 * b) ** 3;
  const channel = (v) => {
    const gamma = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, gamma)));
  };
  return 'rgb(' + channel(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z) + ',' +
      channel(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z) + ',' +
      channel(-0.0041960863 * x - 0.7034186147 * y + 1.7076147010 * z) + ')';
}

const darkScheme = window.matchMedia('(prefers-color-scheme: dark)');
const typeHues = [255, 45, 150, 320, 100, 200, 15, 285];

// A type has a hue, its vehicles have shades of it: neighbours in number are far apart in shade.
function vehicleColour(type, vehicle) {
  const hue = typeHues[type % typeHues.length] + (type >= typeHues.length ? 22 : 0);
  const golden = (vehicle * 0.6180339887) % 1, second = (vehicle * 0.7548776662) % 1;
  const lightness = (darkScheme.matches ? 0.64 : 0.46) + 0.17 * golden;
  return oklch(lightness, 0.10 + 0.06 * second, hue + 44 * (second - 0.5));
}
function typeColour(type) {
  return oklch(
      darkScheme.matches ? 0.73 : 0.55, 0.15,
      typeHues[type % typeHues.length] + (type >= typeHues.length ? 22 : 0));
}

function cssColours() {
  const style = getComputedStyle(document.documentElement);
  const colours = {};
  for (const name
           of ['text', 'soft', 'faint', 'panel', 'sunk', 'line', 'hover', 'chosen', 'accent',
               'warn', 'wait', 'land', 'road', 'casing', 'far', 'major', 'trunk', 'trunk-casing',
               'path', 'label', 'halo']) {
    colours[name] = style.getPropertyValue('--' + name).trim();
  }
  return colours;
}

// A new element with text in it; text is never read as markup.
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
