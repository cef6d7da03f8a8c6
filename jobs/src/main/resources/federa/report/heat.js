/* Clients x labels, or clusters. They are rows, so that their names stay horizontal; clients are columns. */

const STEPS = [0.05, 0.1, 0.2, 0.35, 0.55, 0.8, 1];
const MAX_COLUMNS = 300;

/** Shade 0 for nothing, else the first step that holds the share. */
function shade(share) {
  return share > 0 ? 1 + STEPS.findIndex((step) => share <= step + 1e-12) : 0;
}

const mainLabel = (client) => client.counts.indexOf(Math.max(...client.counts));
const ORDERS = {
  label: (a, b) => mainLabel(a) - mainLabel(b) || share(b) - share(a) || a.client - b.client,
  id: (a, b) => a.client - b.client,
  size: (a, b) => b.examples - a.examples || a.client - b.client,
  distance: (a, b) => (b.jsDistance || 0) - (a.jsDistance || 0) || a.client - b.client,
};
const total = (client) => sum(client.counts, (n) => n);
const share = (client) => Math.max(...client.counts, 0) / Math.max(1, total(client));

function ordered(partition, order) {
  return [...partition.clients].sort(ORDERS[order]);
}

/** At most MAX_COLUMNS of them, evenly taken from the order. */
function thinned(clients) {
  if (clients.length <= MAX_COLUMNS) return clients;
  return Array.from({ length: MAX_COLUMNS }, (_, i) => clients[Math.floor((i * clients.length) / MAX_COLUMNS)]);
}

const short = (text, n) => ([...text].length > n ? [...text].slice(0, n - 1).join('') + '\u2026' : text);

function heatMap(partition, clients, readout) {
  const { labels, counted } = partition;
  const perLabel = labels.map((_, row) => sum(partition.clients, (c) => c.counts[row]));
  const all = sum(perLabel, (n) => n);
  const left = 14 + 6.6 * Math.min(26, Math.max(6, ...labels.map((l) => l.length)));
  const right = 128;
  const width = Math.max(1120, left + right + 3 * clients.length);
  const cw = Math.min(46, (width - left - right) / clients.length);
  const ch = labels.length > 14 ? 17 : 22;
  const top = 18;
  const gap = cw > 8 ? 1 : 0.5;
  const xAll = left + cw * clients.length + 14;
  const root = svg('svg', {
    viewBox: `0 0 ${width} ${top + ch * labels.length + 4}`, role: 'img',
    'aria-label': `Share of each ${counted} on each of ${clients.length} clients; the same counts are in the table below`,
  });

  const every = Math.ceil(24 / cw);
  clients.forEach((client, column) => {
    if (column % every) return;
    root.append(svg('text', { class: 'soft', x: left + cw * (column + 0.5), y: 12, 'text-anchor': 'middle' }, String(client.client)));
  });
  root.append(svg('text', { class: 'soft', x: left - 8, y: 12, 'text-anchor': 'end' }, 'client'));
  root.append(svg('text', { class: 'soft', x: xAll, y: 12 }, 'all clients'));

  labels.forEach((label, row) => {
    const y = top + ch * row;
    const middle = y + ch / 2 + 4;
    root.append(svg('text', { x: left - 8, y: middle, 'text-anchor': 'end' }, short(label, 26), svg('title', null, label)));
    clients.forEach((client, column) => {
      const n = client.counts[row];
      const part = n / Math.max(1, total(client));
      const step = shade(part);
      const rect = svg('rect', {
        class: 'cell h' + step, x: left + cw * column, y, width: cw - gap, height: ch - 1, rx: cw > 12 ? 2 : 0,
        pointerenter: () => readout(`client ${client.client}, ${label}: ${count(n)} of ${count(total(client))} (${percent(n, total(client))})`),
      });
      root.append(rect);
      if (n > 0 && cw >= 27) {
        root.append(svg('text', { class: 'in ' + (step > 3 ? 'high' : 'low'), x: left + cw * (column + 0.5) - gap / 2, y: middle, 'pointer-events': 'none' }, String(n)));
      }
    });
    const barWidth = (54 * perLabel[row]) / Math.max(1, ...perLabel);
    root.append(svg('rect', { class: 'bar', x: xAll, y: y + 3, width: barWidth, height: ch - 7 }));
    root.append(svg('text', { class: 'soft', x: xAll + barWidth + 5, y: middle }, percent(perLabel[row], all)));
  });
  return root;
}

function heatScale(counted) {
  const low = (i) => (i === 0 ? 0 : 100 * STEPS[i - 1]);
  return el('div', { class: 'scale', role: 'img', 'aria-label': `Shades from no example of the ${counted} to all of them` },
    el('span', null, el('i', { class: 'h0' }), 'none'),
    STEPS.map((step, i) => el('span', null, el('i', { class: 'h' + (i + 1) }), `${count(low(i))}\u2013${count(100 * step)} %`)));
}
