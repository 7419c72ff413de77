import type { KindRules } from './kind.ts';

export const restartService: KindRules = {
  // A service that used up its start limit cannot be started until that is reset.
  verbFor: (report) => (report?.why?.start_limit_hit ? 'reset-and-restart' : 'restart'),
  commandFor: (serviceName) => `systemctl restart ${serviceName}`,
};
