import { expect, test } from 'vitest';
import { HeldClock } from '../../../test/hub-fixture.ts';
import { ANSWERED_WITHIN_MS, Challenges } from './challenges.ts';

const SITE = { rpId: 'hub.example.org', origin: 'https://hub.example.org' };

test('a question is answered once, by the session that was asked, in time, whichever way the clock is set', () => {
  const clock = new HeldClock();
  const challenges = new Challenges(clock);
  const own = challenges.begin(SITE, 'ses_1');
  expect(challenges.take(own, 'ses_2')).toBeNull();
  expect(challenges.take(own, null)).toBeNull();
  expect(challenges.take(own, 'ses_1')).toEqual(SITE);
  expect(challenges.take(own, 'ses_1')).toBeNull();
  for (const byMs of [ANSWERED_WITHIN_MS, -ANSWERED_WITHIN_MS]) {
    const late = challenges.begin(SITE, null);
    clock.advance(byMs);
    expect(challenges.take(late, null)).toBeNull();
  }
});

test('whoever asks for very many pushes out the oldest, and the hub keeps no more than a thousand', () => {
  const challenges = new Challenges(new HeldClock());
  const all = Array.from({ length: 1001 }, () => challenges.begin(SITE, null));
  expect(new Set(all).size).toBe(1001);
  expect(all.filter((challenge) => challenges.take(challenge, null) === null)).toEqual([all[0]]);
});
