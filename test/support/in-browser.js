// Functions that tests run in a browser, in a page. See browser.ts.
/* biome-ignore-all lint/correctness/noUnusedVariables: called by name */

/** What the document shows. */
function counts() {
  const all = (selector) => document.querySelectorAll(selector).length;
  return {
    answer: document.querySelector('.answer p')?.textContent,
    ranks: all('.rank-interval'),
    means: all('#part-1 > .grid g.means > *'),
    intervals: all('#part-1 > .grid g.intervals > *'),
    repeats: all('#part-1 > .grid g.repeats > *'),
    baselines: all('#part-1 > .grid g.baseline > *'),
    percentiles: all('#part-1 g.percentiles > path'),
    vms: all('#part-1 g.vms > circle'),
    medians: all('#part-1 g.medians > path'),
    requests: performance.getEntriesByType('resource').length,
    scripts: all('script') - 1,
    charts: all('svg[role=img]'),
    unnamed: [...document.querySelectorAll('svg:not(.inline):not(.swatch)')].filter((svg) => !svg.getAttribute('aria-label')).length,
  };
}

/** The charts of a comparison of runs. */
function trends() {
  const all = (selector) => document.querySelectorAll(selector).length;
  return {
    answers: all('.answer p'),
    parts: all('section[id^=part-]'),
    charts: all('svg[role=img]'),
    means: all('g.means > *'),
    intervals: all('g.intervals > *'),
    lines: all('g.trend > path'),
    baselines: all('g.baseline > *'),
    ticks: [...document.querySelectorAll('#part-1 svg')][0]
      ?.querySelector('[aria-label="x-axis tick label"]')
      ?.textContent?.split('')
      .join(' '),
    requests: performance.getEntriesByType('resource').length,
    scripts: all('script') - 1,
    unnamed: [...document.querySelectorAll('svg:not(.inline):not(.swatch)')].filter((svg) => !svg.getAttribute('aria-label')).length,
  };
}

/** Elements beyond the width of the window, and the width that the page needs. */
function overflow() {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const isScrolled = (element) => element.closest('.scroll') !== null;
  const wide = [...document.querySelectorAll('body *')].filter(
    (each) => each.getBoundingClientRect().right > innerWidth + 1 && !isScrolled(each),
  );
  return { width: document.documentElement.scrollWidth, window: innerWidth, wide: wide.map((each) => each.outerHTML.slice(0, 100)) };
}

/** Tables that need sideways scrolling, those of them that do not show it, and cells and charts that cannot be brought into view. */
function tables() {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const nameOf = (box) => box.closest('section[id]')?.id;
  const boxes = [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1);
  const hasEdge = (box) => getComputedStyle(box).backgroundImage.includes('gradient');
  const isFixed = (box) => [...box.querySelectorAll('th[scope=row]')].every((each) => getComputedStyle(each).position === 'sticky');
  const isHidden = (each) => {
    each.scrollIntoView({ block: 'center', inline: 'center' });
    const { left, right, top, width, height } = each.getBoundingClientRect();
    const found = document.elementFromPoint(left + width / 2, top + height / 2);
    return width === 0 || height === 0 || left < 0 || right > innerWidth || !(found?.contains(each) || each.contains(found));
  };
  const cells = document.querySelectorAll('#score tbody :is(th, td), #score svg, #glance tbody :is(th, td)');
  return {
    scrolled: [...new Set(boxes.map(nameOf))],
    unmarked: boxes.filter((box) => !hasEdge(box) || !isFixed(box)).map(nameOf),
    cells: cells.length,
    hidden: [...cells].filter(isHidden).map((each) => each.outerHTML.slice(0, 100)),
    unnamed: [...document.querySelectorAll('#glance td')].filter((each) => getComputedStyle(each, '::before').content === 'none').length,
  };
}

/** Texts, lines and dots with less contrast than WCAG's level AA demands. */
function faint() {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r = 0, g = 0, b = 0] = rgb(color).map((each) =>
      each / 255 <= 0.03928 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (!element) return 'white';
    const color = getComputedStyle(element).backgroundColor;
    return rgb(color)[3] === 0 ? behind(element.parentElement) : color;
  };
  const contrast = (a, b) => {
    const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (light + 0.05) / (dark + 0.05);
  };
  const found = [];
  const check = (element, color, least) => {
    const got = contrast(color, behind(element));
    if (got < least) found.push(`${element.tagName} ${element.textContent?.slice(0, 30)} ${color} ${got.toFixed(2)}`);
  };
  for (const element of document.querySelectorAll('body *:not(script)')) {
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    const style = getComputedStyle(element);
    if (isText) check(element, element.closest('svg') ? style.fill : style.color, 4.5);
  }
  for (const mark of document.querySelectorAll('g.means > *, g.points > *')) check(mark, getComputedStyle(mark).fill, 3);
  for (const mark of document.querySelectorAll('g.intervals > *, g.curves > *, g.percentiles > *'))
    check(mark, getComputedStyle(mark).stroke, 3);
  return { background: getComputedStyle(document.body).backgroundColor, found: [...new Set(found)] };
}

/** The curves over an axis of numbers. */
function curves() {
  return {
    curves: document.querySelectorAll('#part-1 g.curves > path').length,
    points: document.querySelectorAll('#part-1 g.points > *').length,
    knees: document.querySelectorAll('#part-1 g.knees > *').length,
    values: [...document.querySelectorAll('#part-1 g.values > text')].map((each) => each.textContent).join(' '),
  };
}

/** The verdicts, and the series of the charts of a verification. */
function verdicts() {
  const all = (selector) => document.querySelectorAll(selector).length;
  const path = (chart, name) => chart.querySelector(`g.${name} > path, path.${name}`)?.getAttribute('d') ?? '';
  return {
    answer: document.querySelector('.answer p')?.textContent,
    rows: [...document.querySelectorAll('#verdicts tbody tr')].map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent)),
    charts: [...document.querySelectorAll('#charts .card')].map((card) => ({
      vm: card.querySelector('h4')?.firstChild?.textContent?.trim(),
      guest: /L/.test(path(card, 'guest')),
      outside: /L/.test(path(card, 'outside')),
      gaps: (path(card, 'outside').match(/M/g) ?? []).length - 1,
      curve: /L/.test(path(card, 'curve')),
      events: card.querySelectorAll('g.events > line').length,
      height: Math.round(card.querySelector('svg')?.getBoundingClientRect().height ?? 0) > 80,
    })),
    alerts: all('#alerts tbody tr'),
    events: all('#events tbody tr'),
    requests: performance.getEntriesByType('resource').length,
    scripts: all('script') - 1,
    unnamed: [...document.querySelectorAll('svg:not(.inline):not(.swatch)')].filter((svg) => !svg.getAttribute('aria-label')).length,
  };
}
