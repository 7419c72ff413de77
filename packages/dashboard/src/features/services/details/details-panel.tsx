import { type Finding, type Service, type ServiceUsage, findingOf, isDown } from '@homelabcmd/protocol';
import { Link } from '@tanstack/react-router';
import { isSilent, statusLook } from '../../../api/vocabulary/service.ts';
import { bytes, percent } from '../../../lib/units.ts';
import { Ago } from '../../../ui/time.tsx';
import { HistoryLinks } from './history-links.tsx';
import { ProbePanel } from './probe-panel.tsx';
import { Fact, UnitFacts } from './unit-facts.tsx';

/** What is known of a service that did not stop: how it runs, how it is set up, and whether it answers. */
export function DetailsPanel({ service, usage }: { service: Service; usage: ServiceUsage | undefined }) {
  const probe =
    service.probe === null ? (
      <NoProbe service={service} />
    ) : (
      <ProbePanel service={service} probe={service.probe} />
    );
  const isReason = isSilent(service);
  return (
    <div className="svc-more is-even">
      {isReason && probe}
      <Facts service={service} usage={usage} />
      {!isReason && probe}
    </div>
  );
}

function Facts({ service, usage }: { service: Service; usage: ServiceUsage | undefined }) {
  const sentence = sentenceOf(service);
  return (
    <div>
      {sentence !== null && <p className="why-h">{sentence}</p>}
      <dl className="kv">
        {service.stale ? <LastKnown service={service} /> : <Now service={service} usage={usage} />}
        <UnitFacts service={service} />
      </dl>
      <HistoryLinks service={service} at={null} />
    </div>
  );
}

function sentenceOf(service: Service): string | null {
  const { server_id, status, observed_at, stale, why, circumstances } = service;
  if (observed_at === null) return `${server_id} has not reported it yet.`;
  if (stale) return `${server_id} is silent, so what it does now is not known.`;
  const finding = findingOf(service);
  if (finding === 'not_found') return `systemd on ${server_id} knows no service of this name.`;
  if (isDown(status) && why === null && circumstances === undefined)
    return 'systemd does not say why it is down.';
  return SAYS_ENOUGH.includes(finding) ? null : (service.says ?? null);
}

/** Of these the status says it all; the panel of a probe says why there is no answer. */
const SAYS_ENOUGH: readonly Finding[] = [
  'running',
  'changing',
  'unknown',
  'not_answering',
  'probe_not_allowed',
];

function Now({ service, usage }: { service: Service; usage: ServiceUsage | undefined }) {
  const pid = usage?.pid ?? service.pid;
  const memory = usage?.memory_bytes ?? service.memory_bytes;
  const cpu = usage?.cpu_percent ?? service.cpu_percent;
  const isRunning = service.status === 'running';
  return (
    <>
      {service.active_state !== null && (
        <Fact term="systemd says">
          <span className="mono small">
            {service.active_state} ({service.sub_state})
          </span>
        </Fact>
      )}
      {service.since !== null && (
        <Fact term="Since">
          <Ago at={service.since} />
        </Fact>
      )}
      {isRunning && pid !== null && pid > 0 && (
        <Fact term="PID">
          <span className="mono small">{pid}</span>
        </Fact>
      )}
      {isRunning && memory !== null && <Fact term="Memory">{bytes(memory)}</Fact>}
      {isRunning && cpu !== null && (
        <Fact term="CPU">
          {percent(cpu)} <span className="dim">of one core</span>
        </Fact>
      )}
    </>
  );
}

function LastKnown({ service }: { service: Service }) {
  if (service.observed_at === null) return null;
  return (
    <Fact term="Last known">
      {statusLook(service.status).word}, <Ago at={service.observed_at} />
    </Fact>
  );
}

/** Running says little of whether it works; a probe says more. */
function NoProbe({ service }: { service: Service }) {
  const { server_id: serverId, service_name: serviceName, expected } = service;
  return (
    <div>
      <p className="small dim">Probe</p>
      <p className="note">
        None. {expected ? 'That systemd runs it is known; whether it answers is not. ' : ''}
        {expected && (
          <Link
            className="link"
            to="/servers/$serverId/services/$serviceName/edit"
            params={{ serverId, serviceName }}
            resetScroll={false}
          >
            Set a probe
          </Link>
        )}
        {!expected && 'A service that is expected can have one.'}
      </p>
    </div>
  );
}
