// The server's events: what changed is read again; a lost connection is shown and made anew.

import { api } from "./api.js";
import { markRead, changed, refreshMessages, refreshState, store } from "./store.js";

const RETRY_MS = 2000;
const callbackWaiters = new Set();

export function onCallback(waiter) {
  callbackWaiters.add(waiter);
  return () => callbackWaiters.delete(waiter);
}

function connection(state) {
  if (store.connection === state) return;
  store.connection = state;
  changed();
}

async function quietly(reading) {
  try {
    await reading;
  } catch {
    // The event stream notices the loss by itself and everything is read again when it is back.
  }
}

async function take(event) {
  const mine = event.chat_id === store.open;
  const messageId = event.message_id ?? event.message?.message_id ?? null;
  switch (event.type) {
    case "message":
      if (mine) await refreshMessages();
      break;
    case "edit":
    case "delete":
      if (mine) await refreshMessages(messageId === null ? { all: true } : { messageId });
      break;
    case "callback":
      for (const waiter of [...callbackWaiters]) waiter();
      return;
    case "reset":
      if (store.open !== null) await refreshMessages({ all: true });
      break;
  }
  await refreshState();
  await markRead();
}

async function everything() {
  await refreshState();
  if (store.open !== null) await refreshMessages({ all: true });
  await markRead();
}

export function listen() {
  const source = new EventSource("/control/events");
  source.addEventListener("open", async () => {
    connection("connected");
    await quietly(everything());
  });
  source.addEventListener("message", async (event) => {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return;
    }
    await quietly(take(data));
  });
  source.addEventListener("error", () => {
    connection("lost");
    if (source.readyState !== EventSource.CLOSED) return; // the browser is trying again by itself
    source.close();
    setTimeout(listen, RETRY_MS);
  });
}

// The bot's answer to a tap: resolves to the answer, or to null when none came in time.
export async function callbackAnswer(id, { patience = 15000, pause = 400 } = {}) {
  const until = performance.now() + patience;
  while (performance.now() < until) {
    const answer = await api.callback(id);
    if (answer.answered) return answer;
    await new Promise((resolve) => {
      const forget = onCallback(done);
      const timer = setTimeout(done, pause);
      function done() {
        forget();
        clearTimeout(timer);
        resolve();
      }
    });
  }
  return null;
}
