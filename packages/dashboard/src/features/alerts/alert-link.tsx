import type { Alert } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** Where an alert is told. What the list around it is narrowed by stays as it is. */
export const toAlert = (alertId: number) =>
  ({
    to: '/alerts/$alertId',
    params: { alertId: String(alertId) },
    search: true,
  }) as const;

interface AlertLinkProps {
  readonly alert: Pick<Alert, 'alert_id'>;
  readonly className?: string;
  readonly children: ReactNode;
}

export function AlertLink({ alert, className = 'kid-link', children }: AlertLinkProps) {
  return (
    <Link className={className} {...toAlert(alert.alert_id)}>
      {children}
    </Link>
  );
}
