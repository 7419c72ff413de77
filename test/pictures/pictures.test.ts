import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labProblem } from '../../lab/index.ts';
import type { House } from '../house/house.ts';
import { bringExaminer, examine } from './eye/accessibility.ts';
import {
  compact,
  forgetDifference,
  judge,
  keep,
  orphans,
  removeOrphans,
  type Verdict,
} from './eye/baseline.ts';
import { holdSteady } from './eye/steady.ts';
import { fitHeight, lookAt, shoot, VIEWS, type View, viewsOf } from './eye/views.ts';
import type { Scene } from './scene.ts';
import { STAGES } from './stages/index.ts';
import { alertsAreThere } from './alerts-are-there.ts';
import { machineWords, visit } from './visit.ts';

/** `npm run screenshots` sets it: pictures are taken anew instead of compared. */
const isTaking = process.env['HOMELABCMD_PICTURES'] === 'take';
const README_PICTURES = join(import.meta.dirname, '../../docs/pictures');
/** A page that still settles is looked at again; one that is different stays different. */
const MOST_LOOKS = 8;

const scenes = STAGES.flatMap((stage) => stage.scenes);
const pictureNames = scenes.flatMap((scene) => viewsOf(scene).map((view) => `${scene.name}-${view.name}`));
/** Pictures are those of the Chromium that comes with the tests, which is there for x64 alone. */
const reason = labProblem() ?? (process.arch === 'x64' ? null : 'the pictures were taken on x64');

describe.skipIf(reason !== null)(`pictures ${reason ?? ''}`, () => {
  for (const stage of STAGES) {
    describe(`${stage.name}`, () => {
      let house: House;
      beforeAll(async () => {
        house = await stage.open();
        await alertsAreThere(house);
      });
      afterAll(() => house?.[Symbol.asyncDispose]());

      test.each(stage.scenes)('$name', async (scene) => {
        expect(await problemsOf(scene, house)).toEqual([]);
      });
    });
  }

  test('a scene has a name of its own, and every reviewed picture has a scene', () => {
    expect(new Set(pictureNames).size).toBe(pictureNames.length);
    if (isTaking) removeOrphans(pictureNames);
    expect(orphans(pictureNames)).toEqual([]);
  });
});

/** Looks at a scene in every view: what is different, what some people could not use, what hangs over the edge. */
async function problemsOf(scene: Scene, house: House): Promise<string[]> {
  await using visiting = visit(house);
  const problems: string[] = [];
  try {
    const ofTheMachine = await machineWords(house);
    const page = await scene.show(visiting);
    await page.mouse.move(0, 0);
    // A decision that has just appeared cannot be pressed yet, and looks so.
    await expect.poll(() => page.locator('[data-arming]').count()).toBe(0);
    if (isTaking) await takeForReadme(page, scene);
    await holdSteady(page, ofTheMachine);
    await bringExaminer(page);
    for (const view of viewsOf(scene)) problems.push(...(await problemsIn(page, scene, view)));
  } finally {
    await scene.putBack?.(house);
  }
  return problems;
}

async function problemsIn(page: Page, scene: Scene, view: View): Promise<string[]> {
  const name = `${scene.name}-${view.name}`;
  const { overflowPx } = await lookAt(page, view);
  const barriers = (await examine(page)).map((barrier) => `${name}: ${barrier}`);
  const overhang = overflowPx > 0 ? [`${name}: ${overflowPx} px hang over the edge`] : [];
  const verdict = await compare(page, name, view);
  return [...barriers, ...overhang, ...(verdict === null ? [] : [verdict])];
}

async function compare(page: Page, name: string, view: View): Promise<Verdict> {
  if (isTaking) {
    keep(name, await untilStill(page, view));
    return null;
  }
  let verdict = judge(name, await shoot(page));
  for (let look = 1; verdict !== null && look < MOST_LOOKS; look += 1)
    verdict = judge(name, await lookAgain(page, view));
  if (verdict === null) forgetDifference(name);
  return verdict;
}

async function lookAgain(page: Page, view: View): Promise<Buffer> {
  await fitHeight(page, view);
  return shoot(page);
}

/** Two looks that show the same. */
async function untilStill(page: Page, view: View): Promise<Buffer> {
  let before = await shoot(page);
  for (let look = 1; look < MOST_LOOKS; look += 1) {
    const now = await lookAgain(page, view);
    if (now.equals(before)) return now;
    before = now;
  }
  throw new Error('the page does not come to rest');
}

async function takeForReadme(page: Page, { inReadme }: Scene): Promise<void> {
  const view = VIEWS.find(({ name }) => name === inReadme?.view);
  if (inReadme === undefined || view === undefined) return;
  await lookAt(page, view);
  writeFileSync(join(README_PICTURES, inReadme.file), compact(await untilStill(page, view)));
}
