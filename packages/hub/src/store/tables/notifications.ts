import type { ChannelKindId, DeliveryState, Occasion } from '@homelabcmd/protocol';

/** Who is told of what, and what is yet to be told: only `notifications/` writes these. */
export interface NotificationTables {
  channels: ChannelsTable;
  deliveries: DeliveriesTable;
  heartbeats: HeartbeatsTable;
}

interface ChannelsTable {
  channel_id: string;
  name: string;
  kind: ChannelKindId;
  enabled: number;
  settings_json: string;
  secret_names_json: string;
  /** All of its secrets as one JSON, shut into the vault; `null` where it has none. */
  secrets_shut: string | null;
  routing_json: string;
  quiet_hours_json: string | null;
  /** The newest event when it was made: it is told of none before. */
  after_event: number;
  /** Until then what comes is gathered, because a message has just gone. */
  gathers_until: string | null;
  last_delivered_at: string | null;
  last_failed_at: string | null;
  last_failure: string | null;
  failures: number;
  created_at: string;
  created_by: string;
  changed_at: string;
  changed_by: string;
}

/** One row for each fact and channel. */
interface DeliveriesTable {
  delivery_id: string;
  channel_id: string;
  event_id: number;
  alert_id: number | null;
  server_id: string;
  occasion: Occasion;
  title: string;
  /** The alert as it was; of an event, the whole of it. */
  content_json: string;
  state: DeliveryState;
  /** Given before the first try, and never changed: by it a receiver knows a repeat. Rows of one message share it. */
  message_id: string | null;
  tries: number;
  created_at: string;
  /** `null` when it is over. */
  due_at: string | null;
  give_up_at: string;
  finished_at: string | null;
  because: string | null;
}

interface HeartbeatsTable {
  heartbeat_id: string;
  name: string;
  host: string;
  url_shut: string;
  every_ms: number;
  enabled: number;
  /** Written before each is sent: what cannot be written is not sent. */
  tried_at: string | null;
  last_sent_at: string | null;
  last_failed_at: string | null;
  last_failure: string | null;
  failures: number;
  created_at: string;
  created_by: string;
}
