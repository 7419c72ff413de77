import type { ChannelKindId } from '@homelabcmd/protocol';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { eventWebhook } from './event-webhook.ts';
import { gotify } from './gotify.ts';
import type { Kind } from './kind.ts';
import { ntfy } from './ntfy.ts';
import { slack } from './slack.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel. A new one is a file and a line. */
export const CHANNEL_KINDS: Record<ChannelKindId, Kind> = {
  ...{ ntfy, gotify, discord, slack, telegram, email, webhook },
  event_webhook: eventWebhook,
};
