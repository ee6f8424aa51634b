// What of the text is safe. The hub acknowledges what is on its disk; nothing else counts as saved.

/** A socket that counts the updates sent over it; `onSent` hears of each. */
export class CountedSocket extends WebSocket {
  static onSent = () => {};
  sent = 0;

  send(data) {
    // y-protocols: 0 is sync, then 1 is step 2 and 2 an update.
    const bytes = new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, 2);
    if (bytes[0] === 0 && (bytes[1] === 1 || bytes[1] === 2)) this.sent += 1;
    super.send(data);
    CountedSocket.onSent();
  }
}

const SLOW_MS = 8000;

/**
 * Follows a provider and tells `show(state)`: { name, reason } where name is
 * connecting (nothing came yet), saved, unsaved (on its way), offline, slow (on its way for too long) or
 * ended (it won't come back by itself).
 */
export function watchSaving(provider, show) {
  let acked = 0;
  let socket = null;
  let ended = null;
  let since = null;
  let shown = "";
  const startedAt = Date.now();

  const state = () => {
    if (ended) return "ended";
    if (!provider.wsconnected) return shown === "" && Date.now() - startedAt < 2000 ? "connecting" : "offline";
    if (!provider.synced || provider.ws.sent === 0 || acked < provider.ws.sent) {
      since ??= Date.now();
      return Date.now() - since > SLOW_MS ? "slow" : "unsaved";
    }
    since = null;
    return "saved";
  };
  const update = () => {
    if (provider.ws !== socket) {
      socket = provider.ws;
      acked = 0;
      since = null;
    }
    const name = state();
    if (name !== shown) show({ name, code: ended?.code });
    shown = name;
  };

  provider.messageHandlers[100] = (_encoder, decoder) => {
    acked = readNumber(decoder);
    update();
  };
  provider.on("status", update);
  provider.on("sync", update);
  provider.on("closed", (event) => {
    ended = event;
    update();
  });
  CountedSocket.onSent = update;
  setInterval(update, 1000);
  update();
  return () => shown === "saved" || shown === "connecting";
}

/** A number as lib0 writes it: seven bits a byte, the lowest first. */
export function readNumber(decoder) {
  let value = 0;
  let unit = 1;
  for (;;) {
    const byte = decoder.arr[decoder.pos];
    decoder.pos += 1;
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte < 128) return value;
  }
}

/** A text as lib0 writes it. */
export function readText(decoder) {
  const length = readNumber(decoder);
  const bytes = decoder.arr.subarray(decoder.pos, decoder.pos + length);
  decoder.pos += length;
  return new TextDecoder().decode(bytes);
}
