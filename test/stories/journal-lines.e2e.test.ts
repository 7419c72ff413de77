import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labProblem, type LabServer } from '../../lab/index.ts';
import { type House, openHouse } from '../house/house.ts';
import { serviceRow, untilText } from '../house/service-row.ts';

const problem = labProblem();
const FIX = "echo 'printer.service' | sudo tee -a /etc/homelabcmd/logs-watched";

describe.skipIf(problem !== null)(
  `what a server shows of its journal${problem ? `: ${problem}` : ''}`,
  () => {
    let house: House;
    let server: LabServer;

    beforeAll(async () => {
      house = await openHouse();
      server = await house.addServer('media-01', {
        units: {
          'printer.service': '[Service]\nExecStart=/bin/sh -c "echo out of paper; sleep 1; exit 3"\n',
          'scanner.service': '[Service]\nExecStart=/bin/sh -c "echo the lamp is broken; sleep 1; exit 4"\n',
        },
        expect: ['printer', 'scanner'],
      });
    });
    afterAll(() => house?.[Symbol.asyncDispose]());

    test('a service that it does not name: the page says why there are no lines and what to type, and then has them', async () => {
      const page = await house.openPage('/servers/media-01');
      const { row, untilShows } = serviceRow(page, 'printer');
      await server.exec(['systemctl', 'start', 'printer.service']);
      await untilShows('failed');
      await untilText(page, 'and it does not name this one');
      await untilText(page, FIX);
      expect(await row.getByText('It wrote nothing').count()).toBe(0);
      expect((await house.service('media-01', 'printer')).why).toMatchObject({ exit_code: 3, journal: [] });

      await server.exec(['tee', '-a', '/etc/homelabcmd/logs-watched'], { input: 'printer.service\n' });
      await untilText(page, 'out of paper');
      expect(await page.getByText(FIX).count()).toBe(0);
    });

    test('root keeps the journal whole: what systemd says of the end is shown, and that no more is', async () => {
      await server.exec(['/usr/local/lib/homelabcmd/choose-logs', 'none']);
      const page = await house.openPage('/servers/media-01');
      await server.exec(['systemctl', 'start', 'scanner.service']);
      await serviceRow(page, 'scanner').untilShows('failed');
      await untilText(page, 'This server keeps its journal to itself.');
      await untilText(page, 'Its main process ended with exit code 4.');
      const { why } = await house.service('media-01', 'scanner');
      expect(JSON.stringify(why)).not.toContain('lamp');
    });
  },
);
