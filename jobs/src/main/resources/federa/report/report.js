/* The sections of a page about runs. */

const runs = data.runs.map((run, i) => {
  const alone = data.runs.filter((other) => other.method === run.method).length === 1;
  const name = alone ? run.method || run.runId : `${run.method} \u00b7 ${run.runId}`;
  return { ...run, i, name: name || `run ${i + 1}` };
});
const ofMetric = (run, metric) => run.evaluations.filter((e) => e.metric === metric && isNumber(e.value));
const bytesOf = (round) => round.bytesUp + round.bytesDown;
const faulty = (run) => (r) => r.failedClients > 0 || run.faults.some((f) => f.round === r.round);
const marks = runs.flatMap((run) => run.rounds.filter(faulty(run)).map((r) => ({ x: r.round, run: run.i })));
const MARK_NOTE = marks.length ? ' A cross below the axis marks a round with a client that did not contribute.' : '';
const bestRounds = runs.filter((run) => isNumber(run.bestRound)).map((run) => ({ x: run.bestRound, run: run.i }));
const BEST_NOTE = bestRounds.length ? ' A dotted line up marks the best round by the clients\u2019 validation examples.' : '';
const named = (run) => el('span', { class: 'named' }, el('span', { class: 'swatch run' + (run.i % 6), 'aria-hidden': 'true' }), el('span', null, run.name));

/** Sum of of(round) over the rounds up to and including each round: [{x: round, y: sum}]. */
function cumulative(run, of) {
  let so_far = 0;
  return run.rounds.map((r) => ({ x: r.round, y: (so_far += of(r)) }));
}

function upTo(run, round, of) {
  return sum(run.rounds.filter((r) => r.round <= round), of);
}

function header() {
  const metrics = new Set(runs.map((run) => run.metric));
  const tops = runs.map((run) => ({ run, top: best(ofMetric(run, run.metric), (e) => e.value) })).filter((t) => t.top);
  let verdict = null;
  if (tops.length && metrics.size === 1) {
    const { run, top } = tops.reduce((a, b) => (b.top.value > a.top.value ? b : a));
    verdict = `Best ${run.metric} on the held-out set: ${score(top.value)} by ${run.name} in round ${top.round}, after ${megabytes(upTo(run, top.round, bytesOf))} MB`
      + ` and ${duration(upTo(run, top.round, (r) => r.seconds ?? NaN))}.`;
  }
  return el('header', null,
    el('h1', null, data.title),
    el('p', { class: 'meta' }, `${plural(runs.length, 'run')} \u00b7 written ${written(data.created)}`),
    verdict ? el('p', { class: 'verdict' }, verdict) : null,
    bestRounds.length ? el('p', { class: 'verdict' }, bestRoundsInWords()) : null);
}

/** The rounds that were chosen without a look at the test split. */
function bestRoundsInWords() {
  const words = runs.filter((run) => isNumber(run.bestRound)).map((run) => {
    const value = ofMetric(run, `validation ${run.metric}`).find((e) => e.round === run.bestRound);
    return `${run.name} round ${run.bestRound}${value ? ` (${run.metric} ${score(value.value)})` : ''}`;
  });
  return `Best round by the clients\u2019 validation examples: ${words.join(', ')}.`;
}

function overview() {
  if (!runs.length) return el('p', { class: 'empty' }, 'There is no run in this report.');
  const rows = runs.map((run) => {
    const values = ofMetric(run, run.metric);
    const top = best(values, (e) => e.value);
    const last = values[values.length - 1];
    const failed = sum(run.rounds, (r) => r.failedClients);
    return [named(run), run.runId, run.model, count(run.trainableParameters), percent(run.trainableParameters, run.totalParameters),
      count(run.rounds.filter((r) => r.round > 0).length),
      top ? `${score(top.value)} (${top.round})` : NONE, last ? score(last.value) : NONE,
      megabytes(sum(run.rounds, bytesOf)), duration(sum(run.rounds, (r) => r.seconds ?? NaN)),
      failed ? { value: count(failed), class: 'failed' } : '0'];
  });
  const columns = ['method', 'run', 'model', '#trainable', '#share', '#rounds', '#best (round)', '#last', '#MB', '#time', '#failed clients'];
  const metric = [...new Set(runs.map((run) => run.metric))].join(', ');
  return section('runs', 'Runs', null, scrolled(table(`Best and last are ${metric} on the held-out set; MB are up and down, all rounds.`, heads(columns), rows)));
}

function targets() {
  if (!data.targets.length) return null;
  const rows = data.targets.flatMap((target) => {
    const reached = target.costs.filter((c) => c.round >= 0);
    const least = (of) => (reached.length > 1 ? Math.min(...reached.map(of).filter(isNumber)) : NaN);
    const [round, bytes, time] = [least((c) => c.round), least((c) => c.bytes), least((c) => c.seconds)];
    const cell = (value, low, text) => (value === low ? { value: text, class: 'best' } : text);
    return target.costs.map((cost, i) => {
      const names = [`${target.metric} \u2265\u00a0${score(target.value)}`, target.name];
      const head = i === 0 ? names : names.map((name) => el('span', { class: 'hidden' }, name));
      const spent = cost.round < 0
        ? [{ value: 'not reached', class: 'never' }, NONE, NONE]
        : [cell(cost.round, round, count(cost.round)), cell(cost.bytes, bytes, megabytes(cost.bytes)), cell(cost.seconds, time, seconds(cost.seconds))];
      return { class: i === 0 ? 'group' : '', cells: [...head, named(runs[cost.run]), ...spent] };
    });
  });
  return section('targets', 'What a target costs',
    'Rounds, traffic and time up to the first evaluation at or above the target. The lowest best is the best value of the weakest run, so every evaluated run reaches it.',
    scrolled(table('The least of each is shaded.', heads(['target', 'that is', 'run', '#rounds', '#MB', '#seconds']), rows)));
}

function learning() {
  const cards = [metricCard(), lossCard()].filter(Boolean);
  return cards.length ? section('learning', 'Learning', null, grid(cards)) : null;
}

function metricCard() {
  const metrics = [...new Set([...runs.map((r) => r.metric), ...runs.flatMap((r) => r.evaluations.map((e) => e.metric))])]
    .filter((metric) => runs.some((run) => ofMetric(run, metric).length));
  if (!metrics.length) return null;
  const by = {
    round: { title: 'round', of: null, marks },
    MB: { title: 'MB up and down', of: (r) => bytesOf(r) / 1e6, marks: [] },
    seconds: { title: 'seconds', of: (r) => r.seconds ?? NaN, marks: [] },
  };
  let metric = metrics[0];
  let x = 'round';
  const points = (run) => ofMetric(run, metric).map((e) => ({ x: by[x].of ? upTo(run, e.round, by[x].of) : e.round, y: e.value }));
  const card = chartCard({
    title: metrics.length > 1 ? 'Held-out metrics' : metric, size: 'wide', label: runs.map((run) => {
      const top = best(ofMetric(run, metric), (e) => e.value);
      return `${run.name}: ${top ? `best ${score(top.value)} in round ${top.round}` : 'not evaluated'}`;
    }).join('; '),
    note: 'On the held-out set, after the round.' + MARK_NOTE + BEST_NOTE,
    choices: [
      metrics.length > 1 ? choice('metric', metrics.map((m, i) => [i, m]), (i) => { metric = metrics[i]; redraw(card); }) : null,
      choice('by', Object.keys(by).map((key) => [key, key]), (key) => { x = key; redraw(card); }),
    ],
    config: () => lines(runs.map((run) => line(run, points(run))), by[x].title, metric, by[x].marks),
    numbers: () => table('Every metric after every evaluated round.', heads(['run', '#round', 'metric', '#value', '#held-out loss']),
      runs.flatMap((run) => run.evaluations.map((e) => [run.name, count(e.round), e.metric, score(e.value), score(e.loss)]))),
  });
  return card;
}

function lossCard() {
  if (!runs.some((run) => run.rounds.length)) return null;
  const train = (run) => run.rounds.filter((r) => isNumber(r.trainLoss)).map((r) => ({ x: r.round, y: r.trainLoss }));
  const heldOut = (run) => [...new Map(run.evaluations.filter((e) => isNumber(e.loss)).map((e) => [e.round, e.loss]))].map(([x, y]) => ({ x, y }));
  const sets = () => runs.flatMap((run) => [
    line(run, train(run), 'train'),
    ...(heldOut(run).length ? [line(run, heldOut(run), 'held out', 'dashed')] : [])]);
  const end = (run) => { const p = train(run); return p.length ? `from ${score(p[0].y)} to ${score(p[p.length - 1].y)}` : 'not recorded'; };
  return chartCard({
    title: 'Loss', size: 'wide', label: 'Train loss. ' + runs.map((run) => `${run.name}: ${end(run)}`).join('; '),
    note: 'Solid: mean over the clients of the round while they trained. Dashed: on the held-out set.' + MARK_NOTE + BEST_NOTE,
    config: () => lines(sets(), 'round', 'loss', marks, { beginAtZero: true }),
    numbers: () => table('Train loss of every round.', heads(['run', '#round', '#train loss']),
      runs.flatMap((run) => run.rounds.map((r) => [run.name, count(r.round), score(r.trainLoss)]))),
  });
}

function costs() {
  if (!runs.some((run) => run.rounds.length)) return null;
  const totals = runs.map((run) => sum(run.rounds, bytesOf)).filter((bytes) => bytes > 0);
  let scale = Math.max(...totals) > 20 * Math.min(...totals) ? 'logarithmic' : 'linear';
  const scales = scale === 'linear' ? ['linear', 'logarithmic'] : ['logarithmic', 'linear'];
  const traffic = chartCard({
    title: 'Traffic so far', choices: [choice('scale', scales.map((s) => [s, s]), (s) => { scale = s; redraw(traffic); })], label: runs.map((run) => `${run.name}: ${megabytes(sum(run.rounds, bytesOf))} MB in all`).join('; '),
    note: 'MB, added up over the rounds. Solid: up to the driver. Dashed: down to the clients.',
    config: () => lines(runs.flatMap((run) => [
      line(run, cumulative(run, (r) => r.bytesUp / 1e6), 'up'),
      line(run, cumulative(run, (r) => r.bytesDown / 1e6), 'down', 'dashed')]), 'round', 'MB', [], { type: scale }),
    numbers: () => table('MB so far.', heads(['run', '#round', '#up', '#down']), runs.flatMap((run) => {
      const down = cumulative(run, (r) => r.bytesDown);
      return cumulative(run, (r) => r.bytesUp).map((up, i) => [run.name, count(up.x), megabytes(up.y), megabytes(down[i].y)]);
    })),
  });
  return section('cost', 'Traffic and time', null, grid(traffic, stragglers(), runs.map(phaseCard)));
}

function stragglers() {
  const timed = runs.filter((run) => run.clientSeconds.length);
  if (!timed.length) return null;
  return chartCard({
    title: 'Slow clients', label: timed.map((run) => `${run.name}: slowest client ${seconds(Math.max(...run.clientSeconds.map((s) => s.slowest)))} s`).join('; '),
    note: 'Seconds of local training in a round. Line: median client. Dots: slowest client.',
    config: () => lines(timed.flatMap((run) => [
      line(run, run.clientSeconds.map((s) => ({ x: s.round, y: s.median })), 'median'),
      line(run, run.clientSeconds.map((s) => ({ x: s.round, y: s.slowest })), 'slowest', 'dots')]),
    'round', 'seconds', marks, { beginAtZero: true }),
    numbers: () => table('Seconds of local training.', heads(['run', '#round', '#median', '#slowest']),
      timed.flatMap((run) => run.clientSeconds.map((s) => [run.name, count(s.round), seconds(s.median), seconds(s.slowest)]))),
  });
}

function fairness() {
  const known = runs.filter((run) => run.arrivals.length);
  if (!known.length) return null;
  const worst = (run) => `${run.name}: mean ${score(run.lastArrivals.mean)}, worst decile ${score(run.lastArrivals.worstDecile)}`;
  const byRound = chartCard({
    title: 'Loss on arrival', label: known.map(worst).join('; '),
    note: 'Line: mean over the clients of the round. Dots: mean of the worst tenth of them.' + MARK_NOTE,
    config: () => lines(known.flatMap((run) => [
      line(run, run.clientLosses.map((l) => ({ x: l.round, y: l.mean })), 'mean'),
      line(run, run.clientLosses.map((l) => ({ x: l.round, y: l.worstDecile })), 'worst decile', 'dots')]),
    'round', 'loss', marks, { beginAtZero: true }),
    numbers: () => table('Loss on arrival.', heads(['run', '#round', '#mean', '#worst decile']),
      known.flatMap((run) => run.clientLosses.map((l) => [run.name, count(l.round), score(l.mean), score(l.worstDecile)]))),
  });
  const rank = (run, i) => (100 * (i + 1)) / run.arrivals.length;
  const byClient = chartCard({
    title: 'Clients from best to worst', label: known.map(worst).join('; '),
    note: 'Loss on arrival of the last model that each client got. A level line would treat all alike.',
    config: () => lines(known.map((run) => line(run, run.arrivals.map((a, i) => ({ x: rank(run, i), y: a.loss })))),
      '% of the clients', 'loss', [], { beginAtZero: true }),
    numbers: () => table('The last model that each client got.', heads(['run', '#client', '#round', '#loss']),
      known.flatMap((run) => run.arrivals.map((a) => [run.name, String(a.client), count(a.round), score(a.loss)]))),
  });
  const rows = known.map((run) => {
    const { mean, worstDecile } = run.lastArrivals;
    return [named(run), count(run.arrivals.length), score(mean), score(worstDecile), fixed(worstDecile / mean, 2)];
  });
  return section('fairness', 'Fairness between clients',
    'Loss of the global model on a client\u2019s first batch, before the client trains on it. Clients that were never sampled are not in it.',
    scrolled(table('The last model that each client got.', heads(['run', '#clients', '#mean loss', '#worst decile', '#worst / mean']), rows)),
    grid(byRound, byClient));
}

/** The global model on each client's own validation examples. */
function clients() {
  const known = runs.filter((run) => run.clientSpreads.length);
  if (!known.length) return null;
  const metric = [...new Set(known.map((run) => run.metric))].join(', ');
  const last = (run) => run.clientSpreads[run.clientSpreads.length - 1];
  const shown = known.flatMap((run) => [...new Set([last(run), run.clientSpreads.find((s) => s.round === run.bestRound)])].filter(Boolean)
    .map((spread) => ({ ...spread, run, what: [spread === last(run) && 'last', spread.round === run.bestRound && 'best'].filter(Boolean).join(' and ') })));
  const words = (run) => `${run.name}: median ${score(last(run).median)}, worst tenth ${score(last(run).worstDecile)}`;
  const byRound = chartCard({
    title: 'Clients by round', label: known.map(words).join('; '),
    note: 'Line: mean. Dashed: median. Dots: mean of the worst tenth of the clients.' + BEST_NOTE,
    config: () => lines(known.flatMap((run) => [
      line(run, run.clientSpreads.map((s) => ({ x: s.round, y: s.mean })), 'mean'),
      line(run, run.clientSpreads.map((s) => ({ x: s.round, y: s.median })), 'median', 'dashed'),
      line(run, run.clientSpreads.map((s) => ({ x: s.round, y: s.worstDecile })), 'worst decile', 'dots')]),
    'round', metric, []),
    numbers: () => table('Every round that was evaluated by clients.', heads(['run', '#round', '#clients', '#mean', '#median', '#worst decile']),
      known.flatMap((run) => run.clientSpreads.map((s) => [run.name, count(s.round), count(s.clients), score(s.mean), score(s.median), score(s.worstDecile)]))),
  });
  const boxes = chartCard({
    title: 'Clients of the last and the best round', label: known.map(words).join('; '),
    note: 'Box: half of the clients, with the median. Whiskers: the least and the most.',
    config: () => boxPlot(shown.map((s) => ({ ...s, run: s.run.i, name: [known.length > 1 ? s.run.name : '', `round ${s.round}`, s.what].filter(Boolean) })), metric),
    numbers: () => table('The five numbers of each box.', heads(['run', '#round', 'that is', ...FIVE.map(([name]) => '#' + name)]),
      shown.map((s) => [s.run.name, count(s.round), s.what, ...FIVE.map(([, of]) => score(of(s)))])),
  });
  const rows = shown.map((s) => [named(s.run), count(s.round), s.what, count(s.clients), count(s.leftOut), score(s.mean), score(s.median), score(s.worstDecile)]);
  return section('clients', 'The model on each client',
    `${metric} of the global model on each client\u2019s own validation examples. Clients that hold out none, or were away, are left out.`,
    scrolled(table('Each client counts the same, however many examples it has.',
      heads(['run', '#round', 'that is', '#clients', '#left out', '#mean', '#median', '#worst decile']), rows)),
    grid(byRound, boxes));
}

const MAX_BARS = 100;
const phases = [...new Set(runs.flatMap((run) => run.rounds.flatMap((r) => Object.keys(r.phaseSeconds))))];
const inPhase = (round, phase) => (Object.hasOwn(round.phaseSeconds, phase) ? round.phaseSeconds[phase] || 0 : 0);
const inNone = (round) => Math.max(0, (round.seconds || 0) - sum(phases, (phase) => inPhase(round, phase)));

function phaseCard(run) {
  if (!run.rounds.length) return null;
  const unnamed = run.rounds.some((r) => inNone(r) > 0.01 * (r.seconds || 0));
  const parts = [...phases.map((p, i) => ({ label: p, of: (r) => inPhase(r, p), colour: () => colour('phase' + (i % 6)) })),
    ...(unnamed ? [{ label: 'other', of: inNone, colour: () => colour('other') }] : [])];
  const top = Math.max(...runs.flatMap((other) => other.rounds.map((r) => sum(phases, (p) => inPhase(r, p)) + inNone(r))));
  const bin = Math.ceil(run.rounds.length / MAX_BARS);
  const bins = Array.from({ length: Math.ceil(run.rounds.length / bin) }, (_, i) => run.rounds.slice(bin * i, bin * (i + 1)));
  return chartCard({
    title: 'Seconds of a round: ' + run.name, size: 'low',
    label: parts.map((part) => `${part.label} ${duration(sum(run.rounds, part.of))} in all`).join('; '),
    note: 'Where executors have cores to spare, what follows training goes on beside the next round: bars then add up to more than the run took.'
      + (bin > 1 ? ` Each bar is the mean of ${count(bin)} rounds.` : ''),
    config: () => bars(bins.map((b) => b[0].round + (b.length > 1 ? '\u2013' + b[b.length - 1].round : '')),
      parts.map((p) => ({ label: p.label, data: bins.map((b) => sum(b, p.of) / b.length), colour: p.colour() })),
      'round', 'seconds', { y: { suggestedMax: top } }),
    numbers: () => table('Seconds by phase.', heads(['run', '#round', ...parts.map((p) => '#' + p.label), '#whole round']),
      run.rounds.map((r) => [run.name, count(r.round), ...parts.map((p) => seconds(p.of(r))), seconds(r.seconds)])),
  });
}

function partition() {
  const { clients, counted, labels, description } = data.partition;
  if (!clients.length) return null;
  let order = labels.length ? 'label' : 'id';
  const place = el('div', { class: 'heat' });
  const readout = el('div', { class: 'readout' });
  const shown = () => thinned(ordered(data.partition, order));
  const map = () => labels.length && place.replaceChildren(heatMap(data.partition, shown(), (text) => { readout.textContent = text; }));
  map();
  const orders = [['label', 'main ' + counted], ['id', 'client id'], ['size', 'size'], ['distance', 'distance']].slice(labels.length ? 0 : 1);
  const reorder = (value) => {
    order = value;
    map();
    redraw(document.getElementById('data-on-clients'));
  };
  const left = clients.length - shown().length;
  const heat = labels.length ? el('figure', { class: 'card wide' },
    el('figcaption', { class: 'head' }, el('h3', null, (counted === 'label' ? 'Labels' : 'Clusters') + ' on the clients'),
      el('div', { class: 'choices' }, choice('clients by', orders, reorder)),
      el('p', { class: 'note' }, `Shade: share of a client\u2019s examples that has the ${counted}.` + (left ? ` ${plural(left, 'client')} left out, evenly.` : ''))),
    place, el('div', { class: 'under' }, heatScale(counted), readout),
    later('Numbers', () => table(`Examples by client and ${counted}.`, heads(['client', '#examples', '#JS distance', ...labels.map((l) => '#' + l)]),
      clients.map((c) => [String(c.client), count(c.examples), score(c.jsDistance), ...c.counts.map(count)])))) : null;
  const byClient = (title, note, yTitle, of, format, tint, more) => chartCard({
    title, note, label: spread(clients.map(of).filter(isNumber), format),
    config: () => bars(shown().map((c) => c.client), [{ label: yTitle, data: shown().map(of), colour: colour(tint) }], 'client', yTitle, more),
    numbers: () => table(title + '.', heads(['client', '#' + yTitle]), ordered(data.partition, 'id').map((c) => [String(c.client), format(of(c))])),
  });
  const cards = [heat, byClient('Size of the clients', 'Examples on each client.', 'examples', (c) => c.examples, count, 'phase0')];
  if (clients.some((c) => isNumber(c.jsDistance))) {
    cards.push(byClient('Skew of the clients', `Jensen-Shannon distance to the ${counted}s of all clients: 0 the same mix, 1 nothing in common.`,
      'JS distance', (c) => c.jsDistance, score, 'phase2', { y: { suggestedMax: 1 } }));
  }
  return section('data-on-clients', 'Data on the clients', description, grid(cards));
}

function spread(values, format) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? `Least ${format(sorted[0])}, median ${format(sorted[sorted.length >> 1])}, most ${format(sorted[sorted.length - 1])}` : '';
}

function faults() {
  const rows = runs.flatMap((run) => run.rounds.filter(faulty(run)).flatMap((r) => {
    const known = run.faults.filter((f) => f.round === r.round);
    const unknown = r.failedClients - known.length;
    return [...known.map((f) => [named(run), count(f.round), count(f.client), f.status, f.host || NONE, seconds(f.seconds), f.error || NONE]),
      ...(unknown > 0 ? [[named(run), count(r.round), NONE, `${count(unknown)} more, not listed`, NONE, NONE, NONE]] : [])];
  }));
  const clients = sum(runs, (run) => sum(run.rounds, (r) => r.clients));
  const failed = sum(runs, (run) => sum(run.rounds, (r) => r.failedClients));
  const note = rows.length ? `${count(failed)} of ${plural(clients, 'client task')} failed; a round goes on with the clients that finished.` : 'No client failed.';
  if (!clients) return null;
  return section('faults', 'Faults', note,
    rows.length ? scrolled(table('Clients that did not contribute to their round.', heads(['run', '#round', '#client', 'status', 'host', '#seconds', 'error']), rows)) : null);
}

function allRounds() {
  const rows = sum(runs, (run) => run.rounds.length);
  if (!rows) return null;
  const columns = ['run', '#round', '#clients', '#failed', '#examples', '#train loss', '#metric', '#held-out loss', '#MB up', '#MB down', '#seconds'];
  const make = () => table('Metric is the one that ranks the run.', heads(columns), runs.flatMap((run) => {
    const after = new Map(ofMetric(run, run.metric).map((e) => [e.round, e]));
    return run.rounds.map((r) => [named(run), count(r.round), count(r.clients), r.failedClients ? { value: count(r.failedClients), class: 'failed' } : '0',
      count(r.examples), score(r.trainLoss), score(after.get(r.round)?.value), score(after.get(r.round)?.loss),
      megabytes(r.bytesUp), megabytes(r.bytesDown), seconds(r.seconds)]);
  }));
  return section('rounds', 'Rounds', null, later(`All ${count(rows)} rounds`, make, true));
}

function provenance() {
  const names = [...new Set(runs.flatMap((run) => run.provenance.map(([name]) => name)))];
  if (!names.length) return null;
  const of = runs.map((run) => new Map(run.provenance));
  const rows = names.map((name) => {
    const values = of.map((known) => known.get(name));
    return { class: new Set(values).size > 1 ? 'differs' : '', cells: [name, ...values.map((v) => ({ value: v ?? NONE, class: 'long' }))] };
  });
  const differ = rows.filter((row) => row.class).length;
  const make = () => table(`\u2260 marks the ${count(differ)} of ${count(names.length)} that differ between the runs.`, heads(['', ...runs.map((run) => run.name)]), rows);
  return section('provenance', 'Where this came from', null, later('Configuration, versions and hashes', make, true));
}

show([header, overview, targets, learning, clients, fairness, costs, partition, faults, allRounds, provenance]);
