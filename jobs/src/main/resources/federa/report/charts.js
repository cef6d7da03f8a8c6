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

/** Cards two by two; the last of an odd number takes the whole row. */
function grid(...cards) {
  const there = cards.flat().filter(Boolean);
  const halves = there.filter((card) => !card.classList.contains('wide'));
  if (halves.length % 2) halves[halves.length - 1].classList.add('wide');
  return el('div', { class: 'grid' }, there);
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

/** Draws the charts inside a card or section again, after a choice. */
function redraw(within) {
  drawn.filter((entry) => within.contains(entry.canvas)).forEach(draw);
}

function drawAll() {
  Object.assign(Chart.defaults, { animation: false, maintainAspectRatio: false, color: colour('ink'), borderColor: colour('grid') });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  drawn.forEach(draw);
}

/** A strip of crosses below the x axis, a row for each run: rounds in which clients failed; needs options.faultMarks = [{x, run}]. */
const rowsOf = (marks) => [...new Set((marks || []).map((mark) => mark.run))].sort((a, b) => b - a);
const faultMarks = {
  id: 'federaFaults',
  afterDatasetsDraw(chart) {
    const { ctx, scales, options } = chart;
    const rows = rowsOf(options.faultMarks);
    for (const mark of options.faultMarks || []) {
      const x = scales.x.getPixelForValue(mark.x);
      const y = chart.height - 6 - 10 * rows.indexOf(mark.run);
      ctx.save();
      ctx.strokeStyle = runColour(mark.run);
      ctx.lineWidth = 2.5;
      ctx.beginPath();
      for (const slope of [-1, 1]) {
        ctx.moveTo(x - 3.5, y - 3.5 * slope);
        ctx.lineTo(x + 3.5, y + 3.5 * slope);
      }
      ctx.stroke();
      ctx.restore();
    }
  },
};

/** A dashed line up from the best round of each run; needs options.bestMarks = [{x, run}]. */
const bestMarks = {
  id: 'federaBest',
  beforeDatasetsDraw({ ctx, scales, options, chartArea }) {
    for (const mark of options.bestMarks || []) {
      const x = scales.x.getPixelForValue(mark.x);
      ctx.save();
      ctx.strokeStyle = runColour(mark.run);
      ctx.globalAlpha = 0.7;
      ctx.lineWidth = 1.5;
      ctx.setLineDash([2, 3]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.restore();
    }
  },
};

/** The median in each box, and whiskers to the least and the most. */
const whiskers = {
  id: 'federaWhiskers',
  afterDatasetsDraw(chart) {
    const { ctx, data: { datasets: [{ boxes }] }, scales: { y } } = chart;
    chart.getDatasetMeta(0).data.forEach((bar, i) => {
      const box = boxes[i];
      const at = (value) => y.getPixelForValue(value);
      const strokes = [
        [bar.x, at(box.least), bar.x, at(box.lowerQuartile)], [bar.x, at(box.upperQuartile), bar.x, at(box.most)],
        ...[[box.least, 4], [box.median, 2], [box.most, 4]].map(([value, part]) => [bar.x - bar.width / part, at(value), bar.x + bar.width / part, at(value)]),
      ];
      ctx.save();
      ctx.strokeStyle = runColour(box.run);
      ctx.lineWidth = 2;
      ctx.beginPath();
      for (const [x0, y0, x1, y1] of strokes) {
        ctx.moveTo(x0, y0);
        ctx.lineTo(x1, y1);
      }
      ctx.stroke();
      ctx.restore();
    });
  },
};

/** A box from the lower to the upper quartile for each {name, run, least, lowerQuartile, median, upperQuartile, most}. */
function boxPlot(boxes, yTitle) {
  return {
    type: 'bar',
    data: {
      labels: boxes.map((box) => box.name),
      datasets: [{
        boxes, data: boxes.map((box) => [box.lowerQuartile, box.upperQuartile]), backgroundColor: boxes.map((box) => runColour(box.run) + '40'),
        borderColor: boxes.map((box) => runColour(box.run)), borderWidth: 1.5, borderSkipped: false, maxBarThickness: 70,
      }],
    },
    plugins: [whiskers],
    options: {
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: axis('', { grid: { display: false } }),
        y: axis(yTitle, { suggestedMin: Math.min(...boxes.map((box) => box.least)), suggestedMax: Math.max(...boxes.map((box) => box.most)) }),
      },
      plugins: {
        legend: { ...legend(), display: false },
        tooltip: {
          callbacks: {
            label: ({ dataIndex }) => FIVE.map(([name, of]) => ` ${name}: ${score(of(boxes[dataIndex]))}`),
          },
        },
      },
    },
  };
}

/** The five numbers of a box. */
const FIVE = [
  ['least', (box) => box.least], ['lower quartile', (box) => box.lowerQuartile], ['median', (box) => box.median],
  ['upper quartile', (box) => box.upperQuartile], ['most', (box) => box.most],
];

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

/** One entry for a run; it shows and hides all of its lines. */
const runLegend = () => ({
  ...legend({ filter: (item, { datasets }) => datasets.findIndex((d) => d.run === datasets[item.datasetIndex].run) === item.datasetIndex }),
  onClick: (_, item, { chart }) => {
    const { run } = chart.data.datasets[item.datasetIndex];
    const visible = !chart.isDatasetVisible(item.datasetIndex);
    chart.data.datasets.forEach((d, i) => d.run === run && chart.setDatasetVisibility(i, visible));
    chart.update();
  },
});

/** A line of points {x, y} of a run; style 'dashed' or 'dots' is for a second quantity of the same run, named what. */
function line(run, points, what, style) {
  const few = points.length <= 40;
  const dash = style === 'dashed';
  return {
    label: run.name, run: run.i, what: what || '', showLine: style !== 'dots', data: points, borderColor: runColour(run.i), backgroundColor: runColour(run.i), borderWidth: 2,
    borderDash: dash ? [5, 4] : [], pointStyle: POINTS[run.i % POINTS.length], pointRadius: style === 'dots' ? (few ? 2 : 1) : few ? (dash ? 1.5 : 3) : 0, pointHitRadius: 8, tension: 0, spanGaps: true, clip: 6,
  };
}

/** From 0 to the last point or mark; rounds have whole numbers. */
function roundAxis(text, datasets, marks) {
  const last = Math.max(1, ...datasets.flatMap((d) => d.data.map((point) => point.x)), ...marks.map((mark) => mark.x));
  const x = axis(text, { type: 'linear', min: 0, max: Number.isFinite(last) ? last : undefined });
  if (text === 'round') x.ticks.precision = 0;
  return x;
}

/** Lines over a linear x axis with one tooltip for all lines at the pointer. */
function lines(all, xTitle, yTitle, marks, yMore) {
  const datasets = all.filter((d) => d.data.length);
  return {
    type: 'line',
    data: { datasets },
    plugins: [bestMarks, faultMarks],
    options: {
      faultMarks: marks,
      bestMarks: xTitle === 'round' ? bestRounds : [],
      layout: { padding: { bottom: marks.length ? 4 + 10 * rowsOf(marks).length : 0 } },
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: { x: roundAxis(xTitle, datasets, marks), y: axis(yTitle, yMore) },
      plugins: {
        legend: { ...runLegend(), display: new Set(datasets.map((d) => d.run)).size > 1 },
        tooltip: {
          callbacks: {
            title: (items) => (items.length ? xTitle + ' ' + fixed(items[0].parsed.x, xTitle === 'round' ? 0 : 1) : ''),
            label: ({ dataset, parsed }) => ` ${dataset.label}${dataset.what ? ', ' + dataset.what : ''}: ${score(parsed.y)}`,
          },
        },
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

/* Paper is always light and narrower than the screen; a canvas does not reflow by itself. Sizes are those of A4 in report.css. */
addEventListener('beforeprint', () => {
  document.documentElement.classList.add('print');
  document.querySelectorAll('#provenance details').forEach((details) => {
    details.fillNow();
    details.open = true;
  });
  drawAll();
  for (const { chart, canvas } of drawn) {
    const wide = canvas.closest('.wide');
    chart.resize(wide ? 655 : 312, canvas.closest('.low') ? 180 : wide ? 240 : 190);
  }
});
addEventListener('afterprint', () => {
  document.documentElement.classList.remove('print');
  drawAll();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
