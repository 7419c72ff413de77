/**
 * The look of the page: the dashboard's own colours and sizes, whose names these are there. A test keeps them equal.
 * Nothing scrolls sideways, and colour alone says nothing.
 */
export const docsStyle = `:root {
  color-scheme: light dark;
  --color-page: light-dark(#f7f7f4, #101316);
  --color-raised: light-dark(#ffffff, #171b1f);
  --color-sunken: light-dark(#efefea, #0b0d0f);
  --color-ink: light-dark(#181b1f, #e9ebec);
  --color-ink-2: light-dark(#4c525a, #aab1b8);
  --color-hair: light-dark(#e2e2dc, #22282d);
  --color-line: light-dark(#cdcec7, #323a41);
  --color-accent: light-dark(#2a48bd, #9db1ff);
  --font-sans: "IBM Plex Sans Variable", "IBM Plex Sans", system-ui, sans-serif;
  --font-mono: "IBM Plex Mono", ui-monospace, monospace;
  --text-note: 0.8125rem;
  --text-body: 0.875rem;
  --text-lead: 1rem;
  --text-value: 1.375rem;
  --text-title: 1.75rem;
  --radius-md: 5px;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  display: grid;
  grid-template: "header header" auto "nav main" 1fr / 15rem minmax(0, 1fr);
  column-gap: 2rem;
  max-width: 72rem;
  margin: 0 auto;
  padding: 0 2rem 4rem;
  background: var(--color-page);
  color: var(--color-ink);
  font: 400 var(--text-lead) / 1.5 var(--font-sans);
  overflow-wrap: anywhere;
}
header { grid-area: header; padding: 1rem 0; border-bottom: 1px solid var(--color-hair); }
header a { font-weight: 500; }
nav {
  grid-area: nav;
  align-self: start;
  position: sticky;
  top: 0;
  max-height: 100vh;
  padding: 1.5rem 0.25rem;
  overflow-y: auto;
  font-size: var(--text-body);
}
nav ul { margin: 0; padding: 0; list-style: none; }
nav .routes { margin: 0 0 0.75rem 0.75rem; }
nav a { display: block; min-height: 24px; padding: 0.1rem 0; }
main { grid-area: main; min-width: 0; padding-top: 1.5rem; outline: none; }
a { color: var(--color-accent); text-underline-offset: 3px; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--color-accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; clip-path: inset(50%); }
.skip:focus { clip-path: none; top: 0.5rem; left: 0.5rem; padding: 0.5rem 0.75rem; background: var(--color-raised); z-index: 1; }
h1, h2, h3, h4 { margin: 0; font-weight: 500; line-height: 1.25; text-wrap: balance; }
h1 { font-size: var(--text-title); }
h2 { margin-top: 2.5rem; font-size: var(--text-value); }
h3 { font-size: var(--text-lead); }
h4 { margin-top: 1rem; font-size: var(--text-body); color: var(--color-ink-2); }
p { margin: 0.5rem 0; max-width: 42rem; }
article { margin-top: 1rem; padding: 1rem; background: var(--color-raised); border: 1px solid var(--color-line); border-radius: var(--radius-md); }
code, pre { font-family: var(--font-mono); font-size: 0.93em; font-variant-ligatures: none; }
pre { margin: 0.5rem 0; padding: 0.75rem; background: var(--color-sunken); border-radius: var(--radius-md); white-space: pre-wrap; }
.method { font-weight: 550; margin-right: 0.25rem; }
.note { font-size: var(--text-note); color: var(--color-ink-2); }
.plain { margin: 0.25rem 0; padding: 0; list-style: none; font-size: var(--text-body); }
.shape { font-size: var(--text-body); margin: 0.25rem 0; }
.fields { margin: 0.25rem 0; font-size: var(--text-body); }
.fields > div { display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr); gap: 0 1rem; padding: 0.25rem 0; border-top: 1px solid var(--color-hair); }
.fields dd { margin: 0; }
.fields .fields > div { grid-template-columns: minmax(0, 1fr); padding-left: 0.75rem; }
@media (max-width: 720px) {
  body { display: block; padding: 0 1rem 3rem; }
  nav { position: static; max-height: none; padding: 1rem 0 0; }
  nav > ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
  nav a { min-height: 44px; line-height: 44px; padding: 0; }
  nav .routes { display: none; }
  article { padding: 0.75rem; }
  .fields > div { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  nav, .skip { display: none; }
  body { display: block; }
}
`;
