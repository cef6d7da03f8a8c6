'use strict';

/* Elements and numbers. Text of the report enters the page as text nodes only. */

const NONE = '\u2013';

/** el('p', {class: 'note'}, 'text', child): attributes by name, functions as listeners, null children left out. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(node, attributes, children);
  return node;
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) node.append(child);
  }
}

const isNumber = (x) => typeof x === 'number' && Number.isFinite(x);
const grouped = (digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const formats = [0, 1, 2, 3, 4].map(grouped);
const fixed = (x, digits) => (isNumber(x) ? formats[digits].format(x) : NONE);

const count = (x) => fixed(x, 0);
const score = (x) => fixed(x, Math.abs(x) < 10 ? 4 : 2);
const megabytes = (bytes) => fixed(bytes / 1e6, bytes < 1e5 ? 4 : bytes < 1e8 ? 2 : bytes < 1e10 ? 1 : 0);
const seconds = (x) => fixed(x, x < 100 ? 1 : 0);
const percent = (part, all) => (all > 0 ? fixed((100 * part) / all, part / all < 0.1 ? 2 : 1) + ' %' : NONE);
const plural = (n, word) => count(n) + ' ' + word + (n === 1 ? '' : 's');

function duration(x) {
  if (!isNumber(x)) return NONE;
  if (x < 120) return fixed(x, 1) + ' s';
  return x < 7200 ? fixed(x / 60, 1) + ' min' : fixed(x / 3600, 1) + ' h';
}

const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);
const best = (list, of) => list.reduce((top, item) => (isNumber(of(item)) && (top === null || of(item) > of(top)) ? item : top), null);

/** A table; a column is {name, number} and a cell a string, a node or {value, class}. */
function table(caption, columns, rows) {
  const cell = (content, i) => {
    const rich = content !== null && typeof content === 'object' && !(content instanceof Node);
    const names = [columns[i].number ? 'number' : 'text', rich ? content.class : null].filter(Boolean).join(' ');
    const value = rich ? content.value : content;
    return i === 0 ? el('th', { scope: 'row', class: names }, value) : el('td', { class: names }, value);
  };
  return el('table', null,
    el('caption', null, caption),
    el('thead', null, el('tr', null, columns.map((c) => el('th', { scope: 'col', class: c.number ? 'number' : null }, c.name)))),
    el('tbody', null, rows.map((row) => el('tr', { class: row.class || null }, (row.cells || row).map(cell)))));
}

/** A closed block whose content is made when it is first opened, so that long tables cost nothing unread. */
function later(summary, make, block) {
  const box = el('div', { class: block ? 'scroll' : 'scroll tall', tabindex: '0', role: 'region', 'aria-label': summary });
  let made = false;
  const open = () => {
    if (!made) box.append(make());
    made = true;
  };
  const details = el('details', { class: block ? 'block' : null, toggle: () => details.open && open() },
    el('summary', null, summary), box);
  details.fillNow = open;
  return details;
}
