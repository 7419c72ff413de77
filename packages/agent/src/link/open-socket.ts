/**
 * Opens the link's socket, with the hub's certificate checked against one authority, or against those that this server knows.
 *
 * The agent runs on two runtimes. Node's WebSocket checks by what `tls.setDefaultCACertificates` was told and passes over what is
 * said here; Bun's is the other way round (tried with Bun 1.4.5 and Node 24.21). So both are told, and a runtime that took
 * neither would find the certificate to be from nobody that it knows.
 *
 * @param authority PEM; `null`: those of the server
 */
export function openSocket(url: string, authority: string | null): WebSocket {
  if (authority === null) return new WebSocket(url);
  const socket: WebSocket = Reflect.construct(WebSocket, [url, { tls: { ca: authority } }]);
  return socket;
}
