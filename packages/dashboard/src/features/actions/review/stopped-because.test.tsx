import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { anAction, aWhy } from '../../../testing/things.ts';
import { StoppedBecause } from './stopped-because.tsx';

test('where the server kept the lines, the page says so, and says nothing of it where there was nothing to keep', () => {
  const journal_withheld = { reason: 'It does not name this one.', fix_command: null };
  const { unmount } = render(
    <StoppedBecause action={anAction({ why: aWhy({ journal: [], journal_withheld }) })} />,
  );
  expect(screen.getByText('Its main process was ended by SIGKILL.')).toBeVisible();
  expect(screen.getByText('It does not name this one.')).toBeVisible();
  unmount();

  render(<StoppedBecause action={anAction({ why: aWhy({ journal: [] }) })} />);
  expect(screen.queryByText('It does not name this one.')).toBeNull();
});
