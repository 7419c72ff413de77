import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { clock } from '../lib/time-words.ts';
import { At } from './time.tsx';

test('a time says exactly when on hover, to the millisecond and with its zone', async () => {
  render(<At at="2026-11-22T09:36:12.408Z" of={clock} />);
  const time = screen.getByText('09:36:12');
  expect(time).toHaveAttribute('datetime', '2026-11-22T09:36:12.408Z');
  await userEvent.hover(time);
  expect(time).toHaveAttribute('title', 'Sun 22 Nov 2026, 09:36:12.408 UTC');
});
