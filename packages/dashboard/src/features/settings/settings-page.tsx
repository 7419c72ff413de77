import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Enrolment } from './enrolment.tsx';
import { HubSection } from './hub-section.tsx';
import { KeysSection } from './keys/keys-section.tsx';
import { FreezeSection } from './freeze-section.tsx';
import { PoliciesSection } from './policies/policies-section.tsx';
import { SECTIONS, type SectionId } from './sections.ts';
import { ServersSection } from './servers-section.tsx';
import { ThisBrowser } from './this-browser.tsx';

const BODIES: Record<SectionId, ComponentType> = {
  hub: HubSection,
  keys: KeysSection,
  policies: PoliciesSection,
  freeze: FreezeSection,
  servers: ServersSection,
  enrolment: Enrolment,
  browser: ThisBrowser,
};

/** What is set up once and looked at now and then. */
export function SettingsPage({ section }: { section: SectionId }) {
  const Body = BODIES[section];
  const word = SECTIONS.find((each) => each.id === section)?.word ?? '';
  return (
    <>
      <title>{`${word} · Settings · HomelabCmd`}</title>
      <h1 className="h1">Settings</h1>
      <div className="settings">
        <nav className="settings-nav" aria-label="Settings">
          {SECTIONS.map(({ id, word: name }) => (
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
          <Body />
        </section>
      </div>
    </>
  );
}
