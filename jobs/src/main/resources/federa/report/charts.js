/* Chart.js in the page's colours: every chart can be drawn again, for another choice, theme or paper. */

const drawn = [];

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
const runColour = (i) => colour('run' + (i % 6));
const POINTS = ['circle', 'rectRot', 'triangle', 'rect', 'star', 'crossRot'];

/** A card with a chart: {title, note, label, config: () => Chart.js config, numbers: () => table, choices, size}. */
function chartCard(chart) {
  const canvas = el('canvas', { role: 'img', 'aria-label': chart.title + '. ' + chart.label });
  const entry = { canvas, config: chart.config, chart: null };
  drawn.push(entry);
  return el('figure', { class: 'card ' + (chart.size || '') },
    el('figcaption', { class: 'head' },
      el('h3', null, chart.title),
      chart.choices ? el('div', { class: 'choices' }, chart.choices) : null,
      chart.note ? el('p', { class: 'note' }, chart.note) : null),
    el('div', { class: 'plot' }, canvas),
    later('Numbers', chart.numbers));
}

/** A labelled select; taken(value) is called with the new value. */
function choice(label, values, taken) {
  return el('label', null, label,
    el('select', { change: (event) => taken(event.target.value) },
      values.map(([value, text]) => el('option', { value }, text))));
}

function draw(entry) {
  if (entry.chart) entry.chart.destroy();
  entry.chart = new Chart(entry.canvas, entry.config());
}

function drawAll() {
  Object.assign(Chart.defaults, { animation: false, maintainAspectRatio: false, color: colour('ink'), borderColor: colour('grid') });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  drawn.forEach(draw);
}

/** Small triangles at the foot of a chart by round: rounds in which clients failed; needs options.faultMarks = [{x, run}]. */
const faultMarks = {
  id: 'federaFaults',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea, scales, options } = chart;
    for (const mark of options.faultMarks || []) {
      const x = scales.x.getPixelForValue(mark.x);
      const y = chartArea.bottom - 2 - 9 * mark.run;
      ctx.save();
      ctx.fillStyle = colour('fault');
      ctx.strokeStyle = runColour(mark.run);
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(x - 4.5, y);
      ctx.lineTo(x + 4.5, y);
      ctx.lineTo(x, y - 7.5);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
      ctx.restore();
    }
  },
};

const axis = (text, more) => ({
  title: { display: true, text, color: colour('soft'), font: { size: 12 } },
  ticks: { color: colour('soft'), maxRotation: 0, autoSkipPadding: 12, font: { size: 11 } },
  grid: { color: colour('grid') },
  border: { color: colour('line') },
  ...more,
});

const legend = (more) => ({
  position: 'top', align: 'start', labels: { usePointStyle: true, boxHeight: 7, color: colour('ink'), font: { size: 12 }, ...more },
});

/** A line of points {x, y}; dash marks a second quantity of the same run. */
function line(label, run, points, dash) {
  const dots = points.length <= 40;
  return {
    label, data: points, borderColor: runColour(run), backgroundColor: runColour(run), borderWidth: 2, borderDash: dash ? [5, 4] : [],
    pointStyle: POINTS[run % POINTS.length], pointRadius: dots ? (dash ? 1.5 : 3) : 0, pointHitRadius: 8, tension: 0, spanGaps: true,
  };
}

/** Lines over a linear x axis with one tooltip for all lines at the pointer. */
function lines(datasets, xTitle, yTitle, marks, yMore) {
  return {
    type: 'line',
    data: { datasets },
    plugins: [faultMarks],
    options: {
      faultMarks: marks,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: { x: axis(xTitle, { type: 'linear', grace: 0 }), y: axis(yTitle, yMore) },
      plugins: {
        legend: { ...legend(), display: datasets.length > 1 },
        tooltip: { callbacks: { title: (items) => (items.length ? xTitle + ' ' + fixed(items[0].parsed.x, xTitle === 'round' ? 0 : 1) : '') } },
      },
    },
  };
}

/** Stacked bars; a dataset is {label, data, colour}. */
function bars(categories, datasets, xTitle, yTitle, more) {
  const dense = categories.length > 60;
  return {
    type: 'bar',
    data: {
      labels: categories,
      datasets: datasets.map((d) => ({
        label: d.label, data: d.data, backgroundColor: d.colour, barPercentage: dense ? 1 : 0.9, categoryPercentage: dense ? 1 : 0.9,
      })),
    },
    plugins: [faultMarks],
    options: {
      ...more,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: axis(xTitle, { stacked: true, grid: { display: false } }),
        y: axis(yTitle, { stacked: true, beginAtZero: true, ...(more && more.y) }),
      },
      plugins: {
        legend: { ...legend({ usePointStyle: false, boxWidth: 12, boxHeight: 10 }), display: datasets.length > 1 },
        tooltip: { callbacks: { title: (items) => (items.length ? xTitle + ' ' + items[0].label : '') } },
      },
    },
  };
}

/* Paper is always light and narrower than the screen; a canvas does not reflow by itself. */
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('print');
  drawAll();
  for (const { chart, canvas } of drawn) {
    const wide = canvas.closest('.wide');
    chart.resize(wide ? 640 : 310, wide ? 240 : canvas.closest('.low') ? 150 : 190);
  }
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('print');
  drawAll();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
