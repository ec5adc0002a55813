// A proxy between one visitor's browser and the server. It keeps every byte
// that the server sent to that visitor, and can lose answers as a bad line does.
import http from "node:http";
import net from "node:net";

export async function startProxy(target) {
  const upstream = new URL(target);
  const received = [];
  const sockets = new Set();
  let swallowed = null;

  const server = http.createServer((request, response) => {
    const headers = { ...request.headers, "accept-encoding": "identity" };
    const swallow = swallowed !== null && request.method === "POST" && request.url.startsWith(swallowed.path) ? swallowed : null;
    if (swallow !== null) swallowed = null;
    const out = http.request({ host: upstream.hostname, port: upstream.port, method: request.method, path: request.url, headers });
    request.pipe(out);
    out.on("error", () => response.destroy());
    response.on("close", () => out.destroy());
    out.on("response", (answer) => {
      received.push(Buffer.from(JSON.stringify(answer.rawHeaders)));
      answer.on("data", (chunk) => received.push(chunk));
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
      received.push(chunk);
      socket.write(chunk);
    });
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

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Everything that the server sent so far. */
    heard: () => Buffer.concat(received).toString("utf8"),
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
