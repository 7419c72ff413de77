const PATHS = {
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.4v2.8h-2.8',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  copy: 'M5.5 6.7c0-.66.54-1.2 1.2-1.2h5.6c.66 0 1.2.54 1.2 1.2v5.6c0 .66-.54 1.2-1.2 1.2H6.7c-.66 0-1.2-.54-1.2-1.2zM3.5 10.5h-1v-8h8v1',
  tick: 'm3.5 8.6 3 3 6-7',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  list: 'M2 4h12M2 8h12M2 12h12',
  check: 'M4.5 2.5h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM5.4 8.2l1.9 1.9 3.5-4',
  eye: 'M1.6 8S4 3.6 8 3.6 14.4 8 14.4 8 12 12.4 8 12.4 1.6 8 1.6 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z',
  eyeOff:
    'M6.3 3.8A6 6 0 0 1 8 3.6c4 0 6.4 4.4 6.4 4.4a11 11 0 0 1-1.7 2.2M4 5a11 11 0 0 0-2.4 3S4 12.4 8 12.400c1 0 2-.3 2.8-.7M2 2l12 12',
  sun: 'M8 5.200a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.600zM8 1.500v1.200M8 13.300v1.200M1.5 8h1.200M13.3 8h1.200M3.4 3.400l.85.85M11.750 11.750l.85.85M3.4 12.600l.85-.85M11.750 4.250l.85-.85',
  moon: 'M13.2 9.600A5.6 5.6 0 0 1 6.4 2.800a5.6 5.6 0 1 0 6.8 6.800z',
  flag: 'M4 14V2.6M4 3.2h8l-1.8 2.9L12 9H4',
  search: 'M7 2.700a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.600zM10.3 10.300l3.4 3.4',
  down: 'M3.5 6 8 10.5 12.5 6',
  edit: 'M11 2.6 13.4 5 5.6 12.8l-3 .6.6-3zM9.4 4.200 11.800 6.600',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  trash: 'M3 4.500h10M6.5 4.500v-2h3v2M4.5 4.500l.6 9h5.800l.6-9',
  download: 'M8 2.5v7.5M4.8 7.2 8 10.4l3.2-3.2M3 13.5h10',
  settings:
    'M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14M8.5 4.5a1.75 1.75 0 1 0 3.5 0 1.75 1.75 0 0 0-3.5 0zM4 11.5a1.75 1.75 0 1 0 3.5 0 1.75 1.75 0 0 0-3.5 0z',
  key: 'M2 8a2.8 2.8 0 1 0 5.6 0A2.8 2.8 0 1 0 2 8zM7.6 8H14M11 8v2.4M14 8v2',
  person:
    'M8 2.500a2.6 2.6 0 1 1 0 5.200a2.6 2.6 0 0 1 0-5.200zM2.800 13.500c0-2.500 2.300-3.900 5.200-3.900s5.200 1.400 5.200 3.900',
  bell: 'M3.2 11.4h9.6c-.8-.8-1.4-2-1.4-5a3.4 3.4 0 0 0-6.8 0c0 3-.6 4.2-1.4 5zM6.8 13.6c.6.6 1.8.6 2.4 0',
  plus: 'M8 3v10M3 8h10',
  cross: 'm4 4 8 8m0-8-8 8',
  leave: 'M6.5 2.5h-4v11h4M6 8h7.5M10.8 5.2 13.6 8l-2.8 2.8',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing that helps a control to be found; the control's name is text or an `aria-label`. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="i"
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
      strokeWidth={name === 'more' ? 2 : undefined}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Half light, half dark. */
export function HalfIcon() {
  return (
    <svg className="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
    </svg>
  );
}
