import type uPlot from 'uplot';
import type { Ink } from './ink.ts';
import type { PlotProps, PlotStretch } from './plot-data.ts';

const HATCH_PX = 6;

/** What lies behind the lines: the scale, the hatched stretches, and how long what happened lasted. */
export function drawBackdrop(u: uPlot, { hatched, rules }: PlotProps, ink: Ink): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.lineWidth = pixelRatio();
  ctx.strokeStyle = ink('hair');
  for (const part of [0, 0.5, 1]) {
    const y = Math.round(bbox.top + bbox.height * part) + (part === 1 ? -0.5 : 0.5);
    line(ctx, bbox.left, y, bbox.left + bbox.width, y);
  }
  for (const rule of rules) {
    const { left, width } = pixelsOf(u, rule);
    ctx.fillStyle = ink(rule.tone === 'bad' ? 'bad' : 'accent', 0.07);
    ctx.fillRect(left, bbox.top, width, bbox.height);
  }
  ctx.strokeStyle = ink('line');
  for (const stretch of hatched) hatch(u, stretch);
  ctx.restore();
}

/** What lies over the lines: a rule at each moment at which something happened. */
export function drawRules(u: uPlot, { rules }: PlotProps, ink: Ink): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.lineWidth = pixelRatio();
  for (const rule of rules) {
    const x = Math.round(u.valToPos(rule.fromMs / 1000, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ink(rule.tone === 'bad' ? 'bad' : 'accent');
    line(ctx, x, bbox.top, x, bbox.top + bbox.height);
  }
  ctx.restore();
}

function hatch(u: uPlot, stretch: PlotStretch): void {
  const { ctx, bbox } = u;
  const { left, width } = pixelsOf(u, stretch);
  if (width <= 0) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, width, bbox.height);
  ctx.clip();
  const step = HATCH_PX * pixelRatio();
  for (let x = left - bbox.height; x < left + width; x += step)
    line(ctx, x, bbox.top + bbox.height, x + bbox.height, bbox.top);
  ctx.restore();
}

function pixelsOf(u: uPlot, { fromMs, toMs }: PlotStretch): { left: number; width: number } {
  const { bbox } = u;
  const at = (ms: number) =>
    Math.min(Math.max(u.valToPos(ms / 1000, 'x', true), bbox.left), bbox.left + bbox.width);
  return { left: at(fromMs), width: at(toMs) - at(fromMs) };
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

const pixelRatio = (): number => Math.max(1, Math.round(devicePixelRatio));
