/** The tables by which the hub notices that its store, or the disk of an agent, was set back. */
export interface SetbackTables {
  setbacks: SetbacksTable;
  unaccounted_orders: UnaccountedOrdersTable;
  agent_journals: AgentJournalsTable;
  /** Servers to which nothing is sent until a person has looked, and why. */
  quarantines: { server_id: string; since: string; reason: string };
}

/** One row for each time that this store was found to be older than what others have seen. */
interface SetbacksTable {
  /** 1, 2, 3, … */
  setback_id: number;
  found_at: string;
  /** A sentence's subject: `the agent on nas`, `the data folder`, `homelabcmd restore`. */
  found_by: string;
  /** Where this store's audit ended when it was found. */
  own_entry: number;
  /** The newest entry that anybody has been shown of what is lost. */
  lost_entry: number;
  /** Of a restore by `homelabcmd restore`: when. One restore is one setback, however often the hub starts. */
  restored_at: string | null;
  /** When a person lifted the freeze; what was lost up to `accepted_entry` is no news from then on. */
  accepted_at: string | null;
  accepted_entry: number | null;
}

/** Orders that an agent's journal holds with a head that is not of this store's chain. */
interface UnaccountedOrdersTable {
  server_id: string;
  order_id: string;
  entry: number;
  /** By the agent's clock. */
  held_at: string;
  target: string | null;
  /** When the agent's word on it was written into the audit; `null` while it is to be asked. */
  settled_at: string | null;
}

/** What the hub knows of the journal of orders that an agent keeps. */
interface AgentJournalsTable {
  server_id: string;
  /** When the key was bound with which it came: another one is another agent. */
  enrolled_at: string;
  /** Counts the agents that this server has had: one that enrolled anew, or whose disk was set back, is another. */
  life: number;
  /** The newest setback since which it has been compared. */
  setback_id: number;
  /** The newest order that it has shown to be on its disk. */
  newest_order_id: string | null;
  newest_entry: number | null;
  newest_at: string | null;
}
