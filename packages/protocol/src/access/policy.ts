import type { AgentFrame } from '../agent/frames.ts';
import type { api } from '../api/index.ts';
import type { Scope } from './role.ts';

/**
 * How long ago whoever asks must have proved who they are. `recent`: in the last 12 hours. `fresh`: in the last 5 minutes.
 * A key proves itself each time that it is shown.
 */
export type Proof = 'recent' | 'fresh';
export const PROVED_WITHIN_MS: Record<Proof, number> = { recent: 12 * 3_600_000, fresh: 5 * 60_000 };

/** Who may use a route. */
export interface RoutePolicy {
  /** `anyone` needs nothing; `signed_in` is everybody who is known, whatever they are granted. */
  readonly needs: 'anyone' | 'signed_in' | Scope;
  readonly proof?: Proof;
  /** What is not one's own needs this as well. */
  readonly foreign?: Scope;
  /** Only a person who is signed in by name: a key has no password and no second factor. */
  readonly person?: true;
}

/** Whom the hub hears a frame from, and of whose things. An agent is known by its connection and by nothing that it says. */
export interface FramePolicy {
  readonly from: 'stranger' | 'agent';
  /** `own_action`: of an order that was sent to this agent, and of no other. */
  readonly about: 'itself' | 'own_server' | 'own_action';
}

const READ = { needs: 'read' } as const;
const ADMIN = { needs: 'admin' } as const;
const ADMIN_FRESH = { needs: 'admin', proof: 'fresh' } as const;
const APPROVE = { needs: 'approve', proof: 'recent' } as const;
const MYSELF = { needs: 'signed_in', person: true } as const;
const MYSELF_FRESH = { ...MYSELF, proof: 'fresh' } as const;
const OPEN = { needs: 'anyone' } as const;

/** Routes of `api`, by name, the live stream and what Prometheus asks for: this part of the table is the dashboard's, too. */
export const ROUTE_POLICY = {
  setUp: OPEN,
  acceptInvitation: OPEN,
  signIn: OPEN,
  beginOidc: OPEN,
  finishOidc: OPEN,
  whoAmI: OPEN,
  signOut: { needs: 'signed_in' },
  proveAgain: { needs: 'signed_in' },
  listSessions: { needs: 'signed_in', foreign: 'admin' },
  endSession: { needs: 'signed_in', foreign: 'admin' },
  endOtherSessions: { needs: 'signed_in' },
  changePassword: MYSELF_FRESH,
  beginTotp: MYSELF_FRESH,
  confirmTotp: MYSELF_FRESH,
  removeTotp: MYSELF_FRESH,
  beginPasskeySignIn: OPEN,
  finishPasskeySignIn: OPEN,
  beginPasskeyProof: MYSELF,
  finishPasskeyProof: MYSELF,
  listPasskeys: MYSELF,
  beginPasskey: MYSELF_FRESH,
  addPasskey: MYSELF_FRESH,
  renamePasskey: MYSELF,
  removePasskey: MYSELF_FRESH,

  listUsers: ADMIN,
  createUser: ADMIN_FRESH,
  changeUser: ADMIN_FRESH,
  inviteUser: ADMIN_FRESH,
  deleteUser: ADMIN_FRESH,
  listKeys: ADMIN,
  createKey: ADMIN_FRESH,
  revokeKey: ADMIN_FRESH,

  listServers: READ,
  getServer: READ,
  createServer: ADMIN,
  changeServer: ADMIN,
  deleteServer: { needs: 'admin', proof: 'recent' },
  setMaintenance: { needs: 'request' },
  releaseServer: { needs: 'admin', proof: 'recent' },
  enrolServer: { needs: 'admin', proof: 'recent' },
  renewAgentKey: { needs: 'admin', proof: 'recent' },

  listServices: READ,
  listExpected: READ,
  discoveredServices: READ,
  expectService: ADMIN,
  expectServices: ADMIN,
  changeService: ADMIN,
  forgetService: ADMIN,

  listActions: READ,
  exportActions: READ,
  listServerActions: READ,
  getAction: READ,
  toSignAction: READ,
  restartService: { needs: 'request' },
  requestAction: { needs: 'request' },
  cancelAction: { needs: 'request', foreign: 'approve' },
  // For a service whose restart can lock people out, the proof has to be fresh: the action says so, not the route.
  approveAction: APPROVE,
  rejectAction: { needs: 'approve' },
  resolveAction: APPROVE,

  getFreeze: READ,
  // Whoever may decide may stop everything at once, without being asked who they are.
  setFreeze: { needs: 'approve' },
  listPolicies: READ,
  getPolicy: READ,
  effectivePolicy: READ,
  automation: READ,
  putPolicy: ADMIN_FRESH,
  deletePolicy: ADMIN_FRESH,
  resumePolicy: ADMIN_FRESH,

  serviceHistory: READ,
  serviceAvailability: READ,
  serverMarks: READ,
  serverTimeline: READ,
  latestMetrics: READ,
  recentMetrics: READ,
  serverMetrics: READ,
  exportMetrics: READ,
  listAudit: READ,
  exportAudit: READ,
  readVerification: READ,
  startVerification: { needs: 'request' },
  listWitnesses: READ,
  listAlerts: READ,
  getAlert: READ,
  // To look after a failure, or to quiet it, is no more than to ask for a restart.
  acknowledgeAlert: { needs: 'request' },
  unacknowledgeAlert: { needs: 'request' },
  listSilences: READ,
  createSilence: { needs: 'request' },
  endSilence: { needs: 'request' },
  listAlertRules: READ,
  putAlertRule: ADMIN,
  resetAlertRule: ADMIN,
  listJobs: READ,
  createJob: ADMIN,
  deleteJob: ADMIN,
  // The token in its address is what opens it, and it opens nothing else.
  ping: OPEN,
  // Channels hold addresses of people, and what is told to whom.
  listChannelKinds: ADMIN,
  listChannels: ADMIN,
  getChannel: ADMIN,
  createChannel: ADMIN_FRESH,
  putChannel: ADMIN_FRESH,
  deleteChannel: ADMIN_FRESH,
  testChannel: ADMIN,
  listDeliveries: ADMIN,
  retryDelivery: ADMIN,
  listHeartbeats: ADMIN,
  createHeartbeat: ADMIN_FRESH,
  putHeartbeat: ADMIN_FRESH,
  deleteHeartbeat: ADMIN_FRESH,
  hubInfo: READ,
  whatIsKept: READ,
  fleetDay: READ,
  fleetStatus: READ,
  followEvents: READ,
  scrape: READ,
} satisfies Record<keyof typeof api | 'followEvents' | 'scrape', RoutePolicy>;

/**
 * The one table of who may do what. Every route that the hub serves and every frame that it hears has a line here: one
 * without does not start. The tests of the door, the reference and the dashboard's buttons are made from it.
 */
export const POLICY = {
  routes: ROUTE_POLICY,

  /** What is served beside the API, below the base path. None of it tells anything of this fleet. */
  pages: {
    'GET /': OPEN,
    'GET /index.html': OPEN,
    /** The dashboard's own files. */
    'GET /*': OPEN,
    'GET /healthz': OPEN,
    'GET /readyz': OPEN,
    'GET /api/openapi.json': OPEN,
    'GET /api/docs': OPEN,
    'GET /api/docs.css': OPEN,
    'GET /agent/v1/install.sh': OPEN,
    'GET /agent/v1/authority.pem': OPEN,
    'GET /agent/v1/files/:name': OPEN,
  } satisfies Record<`GET ${string}`, RoutePolicy>,

  frames: {
    hello: { from: 'stranger', about: 'itself' },
    proof: { from: 'stranger', about: 'itself' },
    facts: { from: 'agent', about: 'own_server' },
    metrics: { from: 'agent', about: 'own_server' },
    spooled: { from: 'agent', about: 'own_server' },
    services: { from: 'agent', about: 'own_server' },
    order_progress: { from: 'agent', about: 'own_action' },
    order_result: { from: 'agent', about: 'own_action' },
    new_key: { from: 'agent', about: 'itself' },
    heads: { from: 'agent', about: 'own_server' },
  } satisfies Record<AgentFrame['type'], FramePolicy>,
} as const;

export type GuardedRoute = keyof typeof ROUTE_POLICY;
