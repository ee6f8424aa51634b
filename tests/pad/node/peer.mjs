// Real Yjs clients, driven line by line: one JSON command on standard input, one JSON answer out.
import * as readline from "node:readline";
import { createRequire } from "node:module";
import * as Y from "yjs";
import { WebsocketProvider as Provider3 } from "y-websocket";
import WebSocket from "ws";

// y-websocket 1.5 and the copy of Yjs that it uses: the CommonJS ones, as in an old application.
const require = createRequire(import.meta.url);
const clients = new Map();

class Counting extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { headers: Counting.headers });
    this.sent = 0;
  }

  send(data, ...rest) {
    if (data[0] === 0 && (data[1] === 1 || data[1] === 2)) this.sent += 1;
    super.send(data, ...rest);
  }
}

function makeClient({ url, name, params = {}, old = false, headers = {}, clientID, connect = true }) {
  const lib = old ? require("yjs") : Y;
  const Provider = old ? require("y-websocket-1").WebsocketProvider : Provider3;
  Counting.headers = headers;
  const doc = new lib.Doc();
  if (clientID) doc.clientID = clientID;
  const provider = new Provider(url, name, doc, {
    params, connect, WebSocketPolyfill: Counting, disableBc: true,
  });
  const client = { doc, provider, text: doc.getText("content"), acked: 0, closed: null, lib };
  provider.messageHandlers[100] = (_encoder, decoder) => {
    let value = 0, shift = 1, byte;
    do {
      byte = decoder.arr[decoder.pos++];
      value += (byte & 127) * shift;
      shift *= 128;
    } while (byte > 127);
    client.acked = value;
    wake();
  };
  provider.messageHandlers[101] = () => {};
  provider.on("closed", (event) => { client.closed = event; wake(); });
  provider.on("status", wake);
  provider.on("sync", wake);
  provider.awareness.on("change", wake);
  doc.on("update", wake);
  return client;
}

let waiters = [];
function wake() {
  waiters = waiters.filter((waiter) => !waiter());
}

function until(condition, seconds) {
  if (condition()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => { waiters = waiters.filter((w) => w !== waiter); resolve(false); }, seconds * 1000);
    const waiter = () => {
      if (!condition()) return false;
      clearTimeout(timer);
      resolve(true);
      return true;
    };
    waiters.push(waiter);
  });
}

const others = (client) =>
  [...client.provider.awareness.getStates()].filter(([id]) => id !== client.doc.clientID);

const commands = {
  open({ id, ...options }) {
    clients.set(id, makeClient(options));
    return clients.get(id).doc.clientID;
  },
  insert: ({ client, at, text }) => client.text.insert(at, text),
  erase: ({ client, at, length }) => client.text.delete(at, length),
  text: ({ client }) => client.text.toString(),
  is: async ({ client, text, seconds = 15 }) => {
    await until(() => client.text.toString() === text, seconds);
    return client.text.toString();
  },
  has: async ({ client, words, seconds = 15 }) => {
    await until(() => words.every((word) => client.text.toString().includes(word)), seconds);
    return client.text.toString();
  },
  synced: ({ client, seconds = 15 }) => until(() => client.provider.synced, seconds),
  saved: ({ client, seconds = 15 }) =>
    until(() => client.provider.synced && client.provider.ws.sent > 0 && client.acked === client.provider.ws.sent, seconds),
  acked: ({ client }) => client.acked,
  connected: ({ client, seconds = 15 }) => until(() => client.provider.wsconnected, seconds),
  closed: async ({ client, seconds = 15 }) => {
    await until(() => client.closed !== null, seconds);
    return client.closed;
  },
  say: ({ client, state }) => client.provider.awareness.setLocalState(state),
  people: async ({ client, count, seconds = 15 }) => {
    if (count !== undefined) await until(() => others(client).length === count, seconds);
    return others(client);
  },
  offline: ({ client }) => client.provider.disconnect(),
  online: ({ client }) => { client.acked = 0; client.provider.connect(); },
  cut: ({ client }) => client.provider.ws.terminate(),
  update: ({ client }) => Buffer.from(client.lib.encodeStateAsUpdate(client.doc)).toString("hex"),
  update2: ({ client }) => Buffer.from(client.lib.encodeStateAsUpdateV2(client.doc)).toString("hex"),
  apply: ({ client, update }) => client.lib.applyUpdate(client.doc, Buffer.from(update, "hex")),
  vector: ({ client }) => Buffer.from(client.lib.encodeStateVector(client.doc)).toString("hex"),
  // Types a trace, some patches ([at, deleted, inserted] in UTF-16 units) in each update.
  async type({ client, patches, each }) {
    for (let start = 0; start < patches.length; start += each) {
      client.doc.transact(() => {
        for (const [at, gone, put] of patches.slice(start, start + each)) {
          if (gone) client.text.delete(at, gone);
          if (put) client.text.insert(at, put);
        }
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    return client.text.length;
  },
  // Types so many words, <word.0>, <word.1> and so on, at the beginning and at the end, until it leaves.
  keepTyping({ client, word, every, most }) {
    let count = 0;
    client.typing = setInterval(() => {
      client.text.insert(Math.random() < 0.5 ? 0 : client.text.length, `<${word}.${count}>`);
      count += 1;
      if (count === most) clearInterval(client.typing);
    }, every);
  },
  leave({ id, client }) {
    clearInterval(client.typing);
    client.provider.destroy();
    client.doc.destroy();
    clients.delete(id);
  },
};

// An old client warns of what it does not know on standard error; answers alone go to standard output.
console.log = console.error;

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { call, ...asked } = JSON.parse(line);
  let answer;
  try {
    const value = await commands[call]({ client: clients.get(asked.id), ...asked });
    answer = { value: value === undefined ? null : value };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit(0);
