// A proxy between one visitor's browser and the server. It keeps every byte
// that the server sent to that visitor, and can lose answers as a bad line does.
import http from "node:http";
import net from "node:net";

export async function startProxy(target) {
  const upstream = new URL(target);
  const received = [];
  const listeners = new Set();
  const lines = [];
  const began = Date.now();
  const log = (what) => lines.push(`${Date.now() - began} ms ${what}`);
  const hear = (chunk) => {
    received.push(chunk);
    for (const listen of listeners) listen();
  };
  const sockets = new Set();
  let swallowed = null;

  const server = http.createServer((request, response) => {
    const headers = { ...request.headers, "accept-encoding": "identity" };
    const swallow = swallowed !== null && request.method === "POST" && request.url.startsWith(swallowed.path) ? swallowed : null;
    if (swallow !== null) swallowed = null;
    const line = `${request.method} ${request.url.split("?")[0]}${swallow === null ? "" : " (its answer is lost)"}`;
    log(line);
    response.on("close", () => log(`${line}: ${response.writableFinished ? response.statusCode : "broken off"}`));
    const out = http.request({ host: upstream.hostname, port: upstream.port, method: request.method, path: request.url, headers });
    request.pipe(out);
    out.on("error", () => response.destroy());
    response.on("close", () => out.destroy());
    out.on("response", (answer) => {
      hear(Buffer.from(JSON.stringify(answer.rawHeaders)));
      answer.on("data", hear);
      if (swallow !== null) {
        answer.on("end", () => swallow.done());
        answer.resume();
        return; // the browser never hears of it
      }
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
      answer.on("close", () => response.end());
    });
  });

  server.on("upgrade", (request, socket, head) => {
    const line = `${request.method} ${request.url.split("?")[0]} (a socket)`;
    log(line);
    const out = net.connect(Number(upstream.port), upstream.hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        if (request.rawHeaders[i].toLowerCase() === "sec-websocket-extensions") continue; // frames stay readable
        lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      }
      out.write(`${lines.join("\r\n")}\r\n\r\n`);
      out.write(head);
      socket.pipe(out);
    });
    out.on("data", (chunk) => {
      hear(chunk);
      socket.write(chunk);
    });
    out.once("data", () => log(`${line}: opened`));
    socket.once("close", () => log(`${line}: closed`));
    const end = () => {
      out.destroy();
      socket.destroy();
    };
    for (const s of [out, socket]) s.on("close", end).on("error", end);
  });

  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  const heard = () => Buffer.concat(received).toString("utf8");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Everything that the server sent so far. */
    heard,
    /** Every request and its end. */
    log: () => lines,
    /** Resolves when the server has sent what a pattern finds. */
    hears: (pattern) =>
      new Promise((resolve) => {
        const listen = () => {
          if (!pattern.test(heard())) return;
          listeners.delete(listen);
          resolve();
        };
        listeners.add(listen);
        listen();
      }),
    /** The next POST to a path reaches the server; its answer is lost. Resolves when the server has answered. */
    loseAnswer: (path) =>
      new Promise((done) => {
        swallowed = { path, done };
      }),
    close: () => {
      for (const s of sockets) s.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
