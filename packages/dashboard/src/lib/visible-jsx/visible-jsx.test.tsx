import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';

const NAME = 'cod\u202Eexe\u001B[2J';
const SHOWN = 'cod⟨U+202E⟩exe⟨U+001B⟩[2J';

const Passing = ({ children }: { children: ReactNode }) => <b>{children}</b>;

test.each([
  ['alone', <p key="1">{NAME}</p>, SHOWN],
  ['among others', <p key="2">Restart {NAME} now</p>, `Restart ${SHOWN} now`],
  ['in a list', <p key="3">{[NAME, <i key="i">{NAME}</i>]}</p>, SHOWN + SHOWN],
  ['through a component, not twice', <Passing key="4">{NAME}</Passing>, SHOWN],
  [
    'between the lines of a journal',
    <pre key="5">
      {'one'}
      {'\n'}
      {'two\nthree'}
    </pre>,
    'one\ntwo⏎three',
  ],
])('what a text hides is shown: %s', (_where, element, shown) => {
  expect(render(element).container.textContent).toBe(shown);
});

test('in what is read out and in what is shown on hovering, too; a value that is edited stays what it is', () => {
  const { container } = render(
    <input aria-label={NAME} title={NAME} placeholder={NAME} defaultValue={NAME} />,
  );
  const input = container.querySelector('input');
  expect(input).toHaveAttribute('aria-label', SHOWN);
  expect(input).toHaveAttribute('title', SHOWN);
  expect(input).toHaveAttribute('placeholder', SHOWN);
  expect(input).toHaveValue(NAME);
});
