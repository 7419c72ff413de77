import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { keepFocus } from './keep-focus.ts';

const find = (selector: string): HTMLElement => {
  const element = document.querySelector<HTMLElement>(selector);
  if (element === null) throw new Error(`There is no ${selector}`);
  return element;
};

/** The page has been told what changed, and the time of grace is over. */
const settle = async () => {
  await new Promise((resolve) => queueMicrotask(() => resolve(null)));
  vi.runAllTimers();
};

beforeAll(keepFocus);
afterEach(() => {
  vi.useRealTimers();
});
beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `
    <main tabindex="-1"><ol>
      <li data-row="one"><button id="ask">Restart</button><button id="more">More</button></li>
      <li data-row="two"><button id="other">Restart</button></li>
    </ol></main>`;
});

test('what had the focus goes away: its row has it', async () => {
  find('#ask').focus();
  find('#ask').remove();
  await settle();
  expect(document.activeElement).toBe(find('[data-row="one"]'));
});

test('the row goes away too: the page has it', async () => {
  find('#ask').focus();
  find('[data-row="one"]').remove();
  await settle();
  expect(document.activeElement).toBe(find('main'));
});

test('the whole page goes away: the next one has it, as soon as it is there', async () => {
  find('#ask').focus();
  document.body.innerHTML = '<p>Loading</p>';
  await settle();
  document.body.innerHTML = '<main id="next" tabindex="-1"></main>';
  await settle();
  expect(document.activeElement).toBe(find('#next'));
});

test('someone who turned away from what is still there is left alone', async () => {
  find('#ask').focus();
  find('#ask').blur();
  await Promise.resolve();
  find('#ask').remove();
  await settle();
  expect(document.activeElement).toBe(document.body);
});

test('the focus that is somewhere else already stays there', async () => {
  find('#ask').focus();
  find('#other').focus();
  find('#ask').remove();
  await settle();
  expect(document.activeElement).toBe(find('#other'));
});

test('what replaces it may take the focus itself', async () => {
  find('#ask').focus();
  find('#ask').remove();
  await Promise.resolve();
  find('#more').focus();
  await settle();
  expect(document.activeElement).toBe(find('#more'));
});
