type Child = Node | string;

/** Only text and elements go in: what a name holds is never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

export interface Row {
  readonly cells: readonly Child[];
  readonly tone?: string;
}

/** The first cell is the head of its row; a column that begins with `#` holds numbers. */
export function table(caption: string, columns: readonly string[], rows: readonly Row[]): HTMLElement {
  const kindOf = (index: number) => (columns[index]?.startsWith('#') ? 'number' : 'run');
  const head = columns.map((title, index) =>
    element('th', { scope: 'col', class: kindOf(index) }, title.replace('#', '')),
  );
  const body = rows.map(({ cells, tone = '' }) =>
    element(
      'tr',
      {},
      ...cells.map((cell, index) =>
        index === 0
          ? element('th', { scope: 'row' }, cell)
          : element('td', { class: `${kindOf(index)} ${index === cells.length - 1 ? tone : ''}` }, cell),
      ),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...body),
    ),
  );
}
