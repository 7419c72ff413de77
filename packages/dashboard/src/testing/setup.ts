import '@testing-library/jest-dom/vitest';
import '../api/query-client.ts';
import { cleanup, configure } from '@testing-library/react';
import { toast } from 'sonner';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { setCursor } from '../lib/row-cursor.ts';
import { hub } from './hub.ts';

// A part of the dashboard that is fetched when it is wanted may take its time on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

// What jsdom does not have and the page asks for without needing an answer.
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.setPointerCapture = () => undefined;
HTMLCanvasElement.prototype.getContext = () => null;
window.matchMedia = (media) => ({ media, matches: false, addEventListener: () => undefined }) as never;
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
  this.dispatchEvent(new Event('close'));
};

beforeAll(() => hub.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  cleanup();
  toast.dismiss();
  setCursor(null);
  hub.resetHandlers();
});
afterAll(() => hub.close());
