export const ADD_SERVICES_ID = 'add-services';

/** Where the focus goes when the sheet that adds services has gone. */
export const focusAfterAdd = (): HTMLElement | null =>
  document.getElementById(ADD_SERVICES_ID) ?? document.getElementById('main');

/** The menu of the row that was edited; where the row has gone, the button that adds services. */
export function focusAfterEdit(serviceName: string): HTMLElement | null {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-service]')];
  const row = rows.find((each) => each.dataset.service === serviceName);
  return row?.querySelector<HTMLElement>('[aria-haspopup="menu"]') ?? focusAfterAdd();
}
