import { PROBLEMS } from '@homelabcmd/protocol';
import type { OpenApi, Operation } from './document.ts';
import { exampleOf } from './example.ts';
import { type Html, html } from './html.ts';
import type { JsonSchema } from './schemas.ts';
import { fieldsView, shapeView } from './shape-view.ts';

interface Listed {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** The API for people to read, as one page without a script. */
export function docsPage(document: OpenApi, basePath: string): string {
  const listed: Listed[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const groups = document.tags.map(({ name, description }) => ({
    name,
    description,
    routes: listed.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The API of HomelabCmd ${document.info.version}</title>
<link rel="icon" href="${basePath}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${basePath}/api/docs.css">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><a href="${basePath}/">HomelabCmd</a> <span class="note">${document.info.version}</span></header>
<nav aria-label="Contents">
<ul>
<li><a href="#begin">How to begin</a></li>
${groups.map(
  ({ name, routes }) => html`<li><a href="#${name}">${titleOf(name)}</a>
<ul class="routes">${routes.map(({ operation }) => html`<li><a href="#${operation.operationId}">${operation.operationId}</a></li>`)}</ul></li>
`,
)}<li><a href="#shapes">Shapes</a></li>
<li><a href="#problems">Problems</a></li>
</ul>
</nav>
<main id="content" tabindex="-1">
<h1>The API of the hub</h1>
${introduction(basePath)}
${groups.map(
  ({ name, description, routes }) => html`<section aria-labelledby="${name}">
<h2 id="${name}">${titleOf(name)}</h2>
<p>${description}</p>
${routes.map(routeView)}
</section>
`,
)}${shapesView(document.components.schemas)}
${problemsView()}
</main>
</body>
</html>
`;
  return page.text;
}

const titleOf = (tag: string): string => tag.charAt(0).toUpperCase() + tag.slice(1);

function introduction(basePath: string): Html {
  return html`<section aria-labelledby="begin">
<h2 id="begin">How to begin</h2>
<p>Make a key in the dashboard, under Settings, and send it with each request, as <code>X-API-Key</code> or as
<code>Authorization: Bearer</code>. In the examples below, <code>$HUB</code> is where the hub is${
    basePath === '' ? null : html` (with <code>${basePath}</code> at its end)`
  }, and <code>$KEY</code> the key:</p>
<pre><code>HUB=http://127.0.0.1:8080${basePath}
KEY=hlck_…</code></pre>
<p>Bodies and answers are JSON, with names in <code>snake_case</code>. Times are RFC 3339 in UTC. A list comes in pages, by
<code>limit</code> and <code>offset</code>, with <code>total</code> beside it. When the hub says no, the answer is a
<a href="#problems">problem</a> whose <code>detail</code> is a sentence for people. Programs find all of this in
<a href="${basePath}/api/openapi.json">openapi.json</a>.</p>
</section>`;
}

function routeView({ path, method, operation }: Listed): Html {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  const [good, problems] = [true, false].map((isGood) =>
    Object.entries(responses).filter(([status]) => status.startsWith('2') === isGood),
  );
  return html`<article aria-labelledby="${operationId}">
<h3 id="${operationId}"><span class="method">${method}</span> <code>${path}</code></h3>
<p>${summary}.${operation.security ? ' It needs no key.' : ''}</p>
${
  parameters.length === 0
    ? null
    : html`<h4>Parameters</h4>
<dl class="fields">${parameters.map(
        (parameter) =>
          html`<div><dt><code>${parameter.name}</code> <span class="note">${parameter.in}${
            parameter.required ? '' : ', optional'
          }</span></dt><dd>${shapeView(parameter.schema)}</dd></div>`,
      )}</dl>`
}
${
  body === undefined
    ? null
    : html`<h4>Body${requestBody?.required === true ? '' : ' (may be left out)'}</h4>
<div class="shape">${shapeView(body)}</div>`
}
<h4>Answer</h4>
${(good ?? []).map(
  ([status, { description, content }]) => html`<p><strong>${status}</strong> ${description}${
    content === undefined ? '' : `: ${Object.keys(content).join(' or ')}`
  }</p>
${Object.values(content ?? {})
  .slice(0, 1)
  .filter(({ schema }) => Object.keys(schema).length > 0)
  .map(({ schema }) => html`<div class="shape">${shapeView(schema)}</div>`)}`,
)}
<h4>Problems</h4>
<ul class="plain">${(problems ?? []).map(
    ([status, { description }]) => html`<li><strong>${status}</strong> ${description}</li>`,
  )}</ul>
<h4>Example</h4>
<pre><code>${exampleOf(path, method, operation)}</code></pre>
</article>
`;
}

function shapesView(shapes: Record<string, JsonSchema>): Html {
  return html`<section aria-labelledby="shapes">
<h2 id="shapes">Shapes</h2>
<p>What the routes above take and answer. More fields may come: ignore those that you do not know.</p>
${Object.entries(shapes).map(
  ([name, shape]) => html`<article aria-labelledby="shape-${name}">
<h3 id="shape-${name}">${name}</h3>
<div class="shape">${shape.properties ? fieldsView(shape) : shapeView(shape)}</div>
</article>
`,
)}</section>`;
}

function problemsView(): Html {
  return html`<section aria-labelledby="problems">
<h2 id="problems">Problems</h2>
<p>Problem details by RFC 9457, as <code>application/problem+json</code>. Programs go by <code>code</code>.</p>
<dl class="fields">${Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      html`<div><dt><code>${code}</code></dt><dd><strong>${status}</strong> ${title}</dd></div>`,
  )}</dl>
</section>`;
}
