/* What the sections of a page are made of. A section that fails says so and leaves the others alone. */

const problems = [];
addEventListener('error', (event) => problems.push(event.message));

const data = JSON.parse(document.getElementById('data').textContent);

function section(id, title, note, ...content) {
  return el('section', { id, 'aria-labelledby': id + '-title' },
    el('h2', { id: id + '-title' }, title), note ? el('p', { class: 'note' }, note) : null, content);
}

const scrolled = (...content) => el('div', { class: 'scroll card', tabindex: '0' }, content);

/** Column names; a leading # marks a column of numbers. */
const heads = (names) => names.map((name) => (name[0] === '#' ? { name: name.slice(1), number: true } : { name }));

/** An instant to the minute. */
const written = (instant) => instant.replace('T', ' ').replace(/(:\d\d)(:\d\d.*)?Z$/, '$1 UTC');

/** Draws the page. */
function show(makers) {
  const page = document.getElementById('page');
  const sections = makers.map((make) => {
    try {
      return make();
    } catch (error) {
      problems.push(error.message);
      console.error(error);
      return el('p', { class: 'empty broken' }, `The section \u201c${make.name}\u201d could not be drawn: ${error.message}`);
    }
  }).filter(Boolean);
  const links = sections.filter((s) => s.id).map((s) => el('a', { href: '#' + s.id }, s.querySelector('h2').textContent));
  sections[0].append(el('nav', { 'aria-label': 'Sections' }, links.length > 1 ? links : null));
  page.replaceChildren(...sections);
  drawAll();
  Object.assign(document.documentElement.dataset, { state: 'ready', charts: drawn.filter((entry) => entry.chart).length, problems: problems.length });
}
