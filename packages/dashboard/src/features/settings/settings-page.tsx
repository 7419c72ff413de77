import './settings.css';
import './people/people.css';
import { Link } from '@tanstack/react-router';
import { type ComponentType, use } from 'react';
import { PrincipalContext, whyNot } from '../../api/access/may.ts';
import { AccountSection } from './account/account-section.tsx';
import { AlertRulesSection } from './alerting/alert-rules-section.tsx';
import { JobsSection } from './alerting/jobs-section.tsx';
import { Enrolment } from './enrolment.tsx';
import { HubSection } from './hub-section.tsx';
import { KeptSection } from './kept-section.tsx';
import { KeysSection } from './keys/keys-section.tsx';
import { FreezeSection } from './freeze-section.tsx';
import { NotificationsSection } from './notifications/notifications-section.tsx';
import { PeopleSection } from './people/people-section.tsx';
import { PoliciesSection } from './policies/policies-section.tsx';
import { type SectionId, sections } from './sections.ts';
import { ServersSection } from './servers-section.tsx';
import { ThisBrowser } from './this-browser.tsx';

const BODIES: Record<SectionId, ComponentType> = {
  hub: HubSection,
  account: AccountSection,
  people: PeopleSection,
  keys: KeysSection,
  policies: PoliciesSection,
  notifications: NotificationsSection,
  'alert-rules': AlertRulesSection,
  jobs: JobsSection,
  freeze: FreezeSection,
  kept: KeptSection,
  servers: ServersSection,
  enrolment: Enrolment,
  browser: ThisBrowser,
};

/** What is set up once and looked at now and then. */
export function SettingsPage({ section }: { section: SectionId }) {
  const principal = use(PrincipalContext);
  const Body = BODIES[section];
  const shown = sections.find((each) => each.id === section);
  const word = shown?.word ?? '';
  const whyNotOf = ({ takes }: { takes?: (typeof sections)[number]['takes'] }): string | null =>
    takes === undefined ? null : whyNot(principal, takes);
  const forbidden = shown === undefined ? null : whyNotOf(shown);
  return (
    <>
      <title>{`${word} · Settings · HomelabCmd`}</title>
      <h1 className="h1">Settings</h1>
      <div className="settings">
        <nav className="settings-nav" aria-label="Settings">
          {sections
            .filter((each) => whyNotOf(each) === null)
            .map(({ id, word: name }) => (
              <Link
                key={id}
                to="/settings/$section"
                params={{ section: id }}
                aria-current={id === section ? 'page' : undefined}
              >
                {name}
              </Link>
            ))}
        </nav>
        <section aria-labelledby="section">
          <h2 id="section" className="settings-title">
            {word}
          </h2>
          {forbidden === null ? <Body /> : <p className="dim">{forbidden}.</p>}
        </section>
      </div>
    </>
  );
}
