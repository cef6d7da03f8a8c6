/* The sections of a comparison's page. Contenders have the colours that runs have on a run's page. */

const { comparison } = data;
const bestRounds = []; // a mean of several runs has no best round of its own
const keyOf = (values) => Object.values(values).join(' \u00b7 ');
const places = [...new Set(comparison.curves.map((c) => keyOf(c.contender)))];
const contender = (values) => { const name = keyOf(values); return { name, i: places.indexOf(name) }; };
const settings = [...new Set(comparison.curves.map((c) => keyOf(c.setting)))];
const inSetting = (setting) => comparison.curves.filter((c) => keyOf(c.setting) === setting);
const lastOf = (curve) => curve.points[curve.points.length - 1];
const points100 = (x) => fixed(100 * x, 1);
const plusMinus = (p) => (p.seeds > 1 ? `${points100(p.mean)} \u00b1 ${points100(p.deviation)}` : `${points100(p.mean)} (one seed)`);
const shown = (setting) => setting || 'all';
const chip = (c) => el('span', { class: 'named' }, el('span', { class: 'swatch run' + (c.i % 6), 'aria-hidden': 'true' }), el('span', null, c.name));

function header() {
  const seeds = new Set(comparison.curves.map((c) => c.seeds));
  const first = best(comparison.standings, (s) => -s.meanRank);
  return el('header', null,
    el('h1', null, comparison.name),
    el('p', { class: 'meta' }, `${plural(places.length, 'contender')} in ${plural(settings.length, 'setting')} \u00b7 ${[...seeds].sort().join(' or ')} seeds \u00b7 written ${written(data.created)}`),
    first && places.length > 1 ? el('p', { class: 'verdict' }, `Best mean rank: ${fixed(first.meanRank, 2)} by ${keyOf(first.contender)}, over ${plural(first.settings, 'setting')}.`) : null,
    data.failures.length ? el('p', { class: 'verdict broken' }, `${plural(data.failures.length, 'run')} failed and are not in the comparison.`) : null);
}

function results() {
  if (!settings.length) return el('p', { class: 'empty' }, 'No run of the grid has been evaluated yet.');
  const rows = settings.map((setting) => {
    const curves = inSetting(setting);
    const top = Math.max(...curves.map((c) => lastOf(c).mean));
    return [shown(setting), curves[0].metric, ...places.map((place) => {
      const curve = curves.find((c) => keyOf(c.contender) === place);
      if (!curve) return NONE;
      const text = plusMinus(lastOf(curve));
      return lastOf(curve).mean === top ? { value: text, class: 'best' } : text;
    })];
  });
  const ranks = ['mean rank', '', ...places.map((place) => {
    const standing = comparison.standings.find((s) => keyOf(s.contender) === place);
    return standing ? fixed(standing.meanRank, 2) : NONE;
  })];
  return section('results', 'Results',
    'In percent on the test split after the last evaluated round: mean and standard deviation over seeds. One seed has no deviation, and a difference of a point or two between single runs means nothing.',
    scrolled(table('The best mean of each setting is shaded.', heads(['setting', 'metric', ...places.map((p) => '#' + p)]), [...rows, { class: 'group', cells: ranks }])));
}

const across = () => ({
  round: { title: 'round', of: (p) => p.round },
  MB: { title: 'MB up and down', of: (p) => p.bytes / 1e6 },
  ...Object.fromEntries(data.scenarios.map((name, i) => [name, { title: 'simulated seconds: ' + name, of: (p) => p.seconds[i] }])),
});

/** Lines of means in bands of a standard deviation; a curve of one seed is dashed and has no band. */
function banded(curves, of) {
  return curves.flatMap((curve) => {
    const run = contender(curve.contender);
    const mean = line(run, curve.points.map((p) => ({ x: of(p), y: p.mean })), curve.seeds > 1 ? '' : 'one seed', curve.seeds > 1 ? '' : 'dashed');
    const edge = (sign, fill) => ({
      ...line(run, curve.points.map((p) => ({ x: of(p), y: p.mean + sign * (p.deviation || 0) })), sign < 0 ? 'lower' : 'upper'),
      borderWidth: 0, pointRadius: 0, pointHitRadius: 0, fill, backgroundColor: runColour(run.i) + '26',
    });
    return curve.seeds > 1 ? [mean, edge(-1, false), edge(1, '-1')] : [mean];
  });
}

function learning() {
  if (!settings.length) return null;
  const cards = settings.map((setting) => {
    const curves = inSetting(setting);
    const by = across();
    let x = 'round';
    const card = chartCard({
      title: shown(setting) + ': ' + curves[0].metric,
      label: curves.map((c) => `${keyOf(c.contender)}: ${plusMinus(lastOf(c))} after round ${lastOf(c).round}`).join('; '),
      choices: [choice('by', Object.keys(by).map((key) => [key, key]), (key) => { x = key; redraw(card); })],
      config: () => lines(banded(curves, by[x].of), by[x].title, curves[0].metric, []),
      numbers: () => table('Every evaluated round.', heads(['contender', '#round', '#seeds', '#mean', '#deviation', '#rank', '#MB']),
        curves.flatMap((c) => c.points.map((p) => [keyOf(c.contender), count(p.round), count(p.seeds), score(p.mean), score(p.deviation), fixed(p.rank, 1), megabytes(p.bytes)]))),
    });
    return card;
  });
  return section('learning', 'Learning curves', 'Mean over seeds; the band is one standard deviation to either side. A dashed line is one seed.', grid(cards));
}

function differences() {
  const rows = comparison.differences.map((d) => {
    const sure = d.pairs > 1 && (d.interval.low > 0 || d.interval.high < 0);
    return [shown(keyOf(d.setting)), keyOf(d.first), keyOf(d.second), count(d.pairs), { value: points100(d.mean), class: sure ? 'best' : '' },
      d.pairs > 1 ? `${points100(d.interval.low)} to ${points100(d.interval.high)}` : 'one seed'];
  });
  if (!rows.length) return null;
  return section('differences', 'Paired differences',
    'Points by which the first is ahead of the second after the last rounds, with the same seed, so the same clients, samples and orders. The interval is of 95 %, by bootstrap over seeds (over settings and seeds in the rows for all); test examples are not drawn again. Few seeds make it too narrow.',
    later(`All ${count(rows.length)} differences`, () => table('An interval without 0 is shaded.', heads(['setting', 'first', 'second', '#pairs', '#points', '#95 % interval']), rows), true));
}

function flatness() {
  if (!comparison.flatness.length) return null;
  const values = [...new Set(comparison.flatness.flatMap((f) => Object.keys(f.values)))];
  const rows = comparison.flatness.map((f) => [shown(keyOf(f.setting)), chip(contender(f.contender)),
    ...values.map((v) => (Object.hasOwn(f.values, v) ? points100(f.values[v]) : NONE)), points100(f.range)]);
  return section('flatness', 'Flatness', 'Mean after the last round for each value of the axis, in percent; the range is from the lowest to the highest.',
    scrolled(table('The smaller the range, the flatter.', heads(['setting', 'contender', ...values.map((v) => '#' + v), '#range']), rows)));
}

function timeToTarget() {
  if (!comparison.costs.length) return null;
  let scenario = 0;
  const place = el('div', { class: 'scroll card', tabindex: '0' });
  const cut = (x) => (isNumber(x) ? fixed(100 * x, 1) + ' %' : NONE);
  const fill = () => {
    const rows = comparison.costs.filter((c) => c.scenario === scenario).map((c, i, all) => {
      const opens = i === 0 || all[i - 1].target !== c.target || keyOf(all[i - 1].setting) !== keyOf(c.setting);
      const names = [shown(keyOf(c.setting)), `${score(c.value)} (${c.target})`];
      const spent = c.round < 0 ? [{ value: 'not reached', class: 'never' }, NONE, NONE, NONE, NONE]
        : [count(c.round), megabytes(c.bytes), duration(c.seconds), cut(c.cutAgainstFull), cut(c.cutAgainstOthers)];
      return { class: opens ? 'group' : '', cells: [...(opens ? names : names.map((name) => el('span', { class: 'hidden' }, name))), chip(contender(c.contender)), ...spent] };
    });
    place.replaceChildren(table('Cuts are shares of the simulated seconds that are saved.',
      heads(['setting', 'target', 'contender', '#round', '#MB', '#simulated time', '#cut against full', '#cut against fastest other PEFT']), rows));
  };
  fill();
  return section('time', 'Time to target',
    'Simulated: of each round the client that is last, its measured seconds times the device\u2019s slowdown and the transfer of what it received and sent. The mean curve of a contender must reach the target; the lowest best is that of the weakest contender of the setting. The paper (arXiv 2404.18848, devices and links not given) tells of cuts against full fine-tuning of 95.9, 97.9 and 96.9 % with RoBERTa and 97.3, 96.5 and 96.5 % with DeBERTaV3, and of up to 74.6 % against the fastest other PEFT method.',
    el('div', { class: 'choices' }, choice('clients', data.scenarios.map((name, i) => [i, name]), (i) => { scenario = Number(i); fill(); })), place);
}

function tunings() {
  if (!data.tunings.length) return null;
  const rows = data.tunings.map((t) => [keyOf(t.setting), ...[Object.entries(t.keys).map(([key, value]) => `${key} ${value}`).join(', ')],
    { value: isNumber(t.validation) ? score(t.validation) : 'failed', class: t.chosen ? 'best' : '' }]);
  return section('tuning', 'Tuning', 'On the examples that clients held out of their training, with a seed of its own; the test split was not evaluated.',
    later(`All ${count(rows.length)} candidates`, () => table('The chosen ones are shaded.', heads(['setting', 'candidate', '#validation']), rows), true));
}

function failures() {
  if (!data.failures.length) return null;
  return section('failures', 'Failures', null,
    scrolled(table('Start the comparison again to go on with them.', heads(['run', 'error']), data.failures.map((f) => [f.run, f.error]))));
}

show([header, results, learning, timeToTarget, differences, flatness, tunings, failures]);
