import type { Locator, Page } from 'playwright-core';

/** The row of a service on its server's page, with what a person can press in it. */
export interface ServiceRow {
  readonly row: Locator;
  readonly restart: Locator;
  readonly approve: Locator;
  readonly reject: Locator;
  readonly cancel: Locator;
  /** Waits until the row shows this status. */
  untilShows(status: string): Promise<void>;
}

export function serviceRow(page: Page, serviceName: string): ServiceRow {
  const row = page.locator(`[data-service=${JSON.stringify(serviceName)}]`);
  return {
    row,
    restart: row.getByTestId('restart-button'),
    approve: row.getByTestId('approve-button'),
    reject: row.getByTestId('reject-button'),
    cancel: row.getByTestId('cancel-button'),
    untilShows: (status) => row.and(page.locator(`[data-status="${status}"]`)).waitFor(),
  };
}

/** Waits for a toast with this text. */
export const untilToast = (page: Page, text: string): Promise<void> =>
  page.locator('[data-sonner-toast]', { hasText: text }).first().waitFor();

/** Any text on the page, wherever it stands. */
export const untilText = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor();
