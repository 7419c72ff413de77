import { type Service, isDown } from '@homelabcmd/protocol';
import { memo } from 'react';
import { useMay } from '../../api/access/may.ts';
import { shownStatus } from '../../api/vocabulary/service.ts';
import { useRowKey } from '../../lib/row-cursor.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/glyphs/icon.tsx';
import { useRestart } from './use-restart.ts';

/**
 * Asks for a restart. It stands on services that are stopped or failed; a running one is restarted from its menu, or
 * with `r` on its row. It stands nowhere while a restart is already open, and not for those who may not ask.
 */
export const RestartButton = memo(function RestartButton({
  service,
  row,
}: {
  service: Service;
  row: string;
}) {
  const { request, isSending, off } = useRestart(service);
  const may = useMay('restartService');
  useRowKey(row, 'r', may ? () => void request() : undefined);
  if (!may || (!isDown(shownStatus(service)) && !isSending)) return null;
  return (
    <Button
      className="btn-restart"
      off={off}
      isBusy={isSending}
      data-testid="restart-button"
      onClick={() => void request()}
    >
      <Icon name="restart" />
      Restart
    </Button>
  );
});
